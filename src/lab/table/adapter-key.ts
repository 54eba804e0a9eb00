/** By which the table knows that the adapter of this tab has become another one. */
import type { TrainingView } from '../state/lab-state';

/**
 * Another text for another adapter. While training runs it stays: every step makes an adapter, and what was played with
 * each is asked about when a training comes to rest.
 */
export function adapterKey({
  state,
  trained,
  nth,
  metrics,
}: Pick<TrainingView, 'state' | 'trained' | 'nth' | 'metrics'>): string {
  return state.kind === 'running' ? 'training' : `${trained} ${nth}/${metrics.length}`;
}
