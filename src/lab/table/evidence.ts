/**
 * Recorded runs that the table shows at once: each a file that `npm run reproduce` wrote, read as text when it is chosen.
 * Another recorded run is one more line here.
 */
import { type Phrase, phrase } from '../language/language';

export interface Evidence {
  /** Of the file: `docs/evidence/reproduce-ID.jsonl`. */
  readonly id: string;
  /** Who reads what the memories bring, in words. */
  readonly reader: Phrase;
  readonly load: () => Promise<{ readonly default: string }>;
}

/** The first is on view at first. */
export const EVIDENCE: readonly Evidence[] = [
  {
    id: 'expert',
    reader: phrase('the expert of each world'),
    load: () => import('../../../docs/evidence/reproduce-expert.jsonl?raw'),
  },
  {
    id: 'worlds',
    reader: phrase('the worlds policy: AgeMem trained on HotpotQA, others without adapter'),
    load: () => import('../../../docs/evidence/reproduce-worlds.jsonl?raw'),
  },
  {
    id: 'worlds-trained',
    reader: phrase('the worlds policy, the shipped adapter with every memory'),
    load: () => import('../../../docs/evidence/reproduce-worlds-trained.jsonl?raw'),
  },
  {
    id: 'quick',
    reader: phrase('the bundled policy: AgeMem trained, others without adapter'),
    load: () => import('../../../docs/evidence/reproduce-quick.jsonl?raw'),
  },
  {
    id: 'quick-trained',
    reader: phrase('the bundled policy, the shipped adapter with every memory'),
    load: () => import('../../../docs/evidence/reproduce-quick-trained.jsonl?raw'),
  },
  {
    id: 'quick-variants',
    reader: phrase('the bundled policy: AgeMem’s variants, each as it was trained'),
    load: () => import('../../../docs/evidence/reproduce-quick-variants.jsonl?raw'),
  },
];
