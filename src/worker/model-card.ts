/**
 * The figures of the model card that the page shows: `policy/card.json`, written by the commands that made
 * and measured the policy. A site without it works; the page then shows no such figures.
 */
import type { ReadFile } from '../engine/model/model-folder';
import type { Evaluation } from '../rl/evaluate';
import type { TrainingMetrics } from '../rl/metrics';

export interface ModelCard {
  readonly trainingTokens: number;
  /** The base policy and the shipped adapter on the same held-out tasks with the same dice. */
  readonly base: Evaluation;
  readonly shipped: Evaluation | null;
  /** The training run that made the shipped adapter, step by step. */
  readonly shippedRun: readonly TrainingMetrics[];
}

/** Its name in the policy's folder. */
export const CARD_FILE = 'card.json';

/** Null if the policy's folder has no card or not one of this form. */
export async function readCard(read: ReadFile): Promise<ModelCard | null> {
  try {
    const card: unknown = JSON.parse(new TextDecoder().decode(await read(CARD_FILE)));
    return isCard(card) ? card : null;
  } catch {
    return null;
  }
}

function isCard(value: unknown): value is ModelCard {
  return (
    typeof value === 'object' &&
    value !== null &&
    'trainingTokens' in value &&
    typeof value.trainingTokens === 'number' &&
    'base' in value &&
    typeof value.base === 'object' &&
    'shipped' in value &&
    'shippedRun' in value &&
    Array.isArray(value.shippedRun)
  );
}
