/**
 * Ready exhibits: each shows one effect, with real numbers. *Script*: every completion is written down in `scripts/`,
 * in English as all that the policy reads, and the lab's own tools, memory and rewards carry it out. *Variant*: the
 * policy on view plays two groups that differ in one thing. *Tried*: base and shipped adapter play a given task,
 * and their calls are counted. *Recording*: two training runs that differ in one switch, as a command with a seed
 * printed them.
 */
import type { TaskAddress, TrainingMetrics } from '../../../worker/protocol';
import type { Script, Variant } from '../../../worker/what-if-protocol';
import type { Phrase } from '../../language/language';
import type { Source } from '../../words';

interface ExhibitBase {
  readonly id: string;
  readonly title: Phrase;
  /** What is changed, and what to look for. */
  readonly about: Phrase;
  readonly source: Source;
}

export interface ScriptExhibit extends ExhibitBase {
  readonly kind: 'script';
  readonly script: Script;
  /** Pay it a second time with maintenance for any update or delete. */
  readonly alsoAnyUpdate?: boolean;
}

export interface VariantExhibit extends ExhibitBase {
  readonly kind: 'variant';
  /** As the paper has it, and otherwise. */
  readonly usual: Variant;
  readonly other: Variant;
  readonly names: readonly [Phrase, Phrase];
  /** Said where neither group has a spread and the exhibit is about one. */
  readonly even?: Phrase;
}

/** A curve of the exhibit: its value in a step of either run. */
export interface Curve {
  readonly title: Phrase;
  readonly unit: Phrase;
  readonly value: (metrics: TrainingMetrics) => number;
}

export interface RecordingExhibit extends ExhibitBase {
  readonly kind: 'recording';
  readonly names: readonly [Phrase, Phrase];
  /** Output of both commands, line by line. */
  readonly load: () => Promise<readonly [string, string]>;
  readonly curves: readonly Curve[];
}

/** Which tools are called in which stage by the base and by the shipped adapter. */
export interface TriedExhibit extends ExhibitBase {
  readonly kind: 'tried';
  /** A task on which the effect is there to be seen, and how often each of both plays it. */
  readonly task: TaskAddress;
  readonly dice: number;
  readonly rollouts: number;
}

export type Exhibit = ScriptExhibit | VariantExhibit | RecordingExhibit | TriedExhibit;

/** The text of a file with the default export of `?raw`. */
export const texts = async (
  ...files: readonly [Promise<{ default: string }>, Promise<{ default: string }>]
): Promise<readonly [string, string]> => {
  const [one, other] = await Promise.all(files);
  return [one.default, other.default];
};
