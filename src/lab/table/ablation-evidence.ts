/**
 * Recorded ablations: each a file that `npm run ablation` printed, read as text when it is chosen. Another policy's is one
 * more line here.
 */
import { useEffect, useState } from 'react';
import type { EnvironmentId } from '../../evidence/cell-lines';
import { type Phrase, phrase } from '../language/language';
import { type Ablation, readAblation } from './ablation-lines';

export interface AblationFile {
  /** Of the file: `docs/evidence/ablation-ID.jsonl`. */
  readonly id: string;
  /** Which policy was trained, in words. */
  readonly policy: Phrase;
  /** Played in, the one trained on first: what another file has is told without reading it. */
  readonly environments: readonly [trained: EnvironmentId, ...others: EnvironmentId[]];
  readonly load: () => Promise<{ readonly default: string }>;
}

/** The first is on view at first. */
export const ABLATIONS: readonly AblationFile[] = [
  {
    id: 'bundled',
    policy: phrase('the bundled policy'),
    environments: ['qa'],
    load: () => import('../../../docs/evidence/ablation-bundled.jsonl?raw'),
  },
  {
    id: 'worlds',
    policy: phrase('the worlds policy, trained on HotpotQA alone'),
    environments: ['hotpotqa', 'qa', 'alfworld', 'scienceworld', 'pddl', 'babyai'],
    load: () => import('../../../docs/evidence/ablation-worlds.jsonl?raw'),
  },
];

/** The first of these that was carried over to that world: played there, and trained elsewhere. Undefined: none was. */
export function carriedOverTo(environment: string, files: readonly AblationFile[]): AblationFile | undefined {
  return files.find(({ environments: [, ...others] }) => others.some((id) => id === environment));
}

/** The ablation of that id; null while it is fetched. */
export function useAblation(id: string): Ablation | 'failed' | null {
  const [found, setFound] = useState<{ readonly id: string; readonly ablation: Ablation | 'failed' } | null>(
    null,
  );
  useEffect(() => {
    let wanted = true;
    const chosen = ABLATIONS.find((file) => file.id === id) ?? ABLATIONS[0];
    chosen
      .load()
      .then(({ default: text }) => readAblation(text))
      .catch(() => 'failed' as const)
      .then((ablation) => wanted && setFound({ id, ablation }));
    return () => {
      wanted = false;
    };
  }, [id]);
  return found?.id === id ? found.ablation : null;
}
