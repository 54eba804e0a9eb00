/**
 * The metrics of a run as a table: a row a step, a column a number, named by path under TRL's names
 * (`rewards/task/mean`). Held-out scores stand in the row of the step after which they were taken; step 0 is before
 * the first update. RFC 4180; numbers are written so that reading gives them back.
 */
import type { TrainingMetrics } from '../../rl/metrics';
import type { HeldOut } from '../training-protocol';

/** What one looks for first; the rest follows by name. */
const FIRST = ['reward', 'reward_std', 'kl', 'entropy', 'grad_norm', 'learning_rate'];

type Row = ReadonlyMap<string, number | string | null>;

export function metricsCsv(metrics: readonly TrainingMetrics[], heldOut: readonly HeldOut[]): string {
  const rows = new Map<number, Row>();
  for (const { step, ...numbers } of metrics) rows.set(step, flat(numbers));
  for (const { step, evaluation, ms } of heldOut) {
    rows.set(step, new Map([...(rows.get(step) ?? []), ...flat({ held_out: { ...evaluation, ms } })]));
  }
  const names = [...new Set([...rows.values()].flatMap((row) => [...row.keys()]))].sort();
  const columns = [
    ...FIRST.filter((name) => names.includes(name)),
    ...names.filter((name) => !FIRST.includes(name)),
  ];
  const lines = [...rows]
    .sort(([a], [b]) => a - b)
    .map(([step, row]) => [step, ...columns.map((name) => row.get(name) ?? '')].join());
  return [['step', ...columns].join(), ...lines].map((line) => `${line}\r\n`).join('');
}

/** Paths to the leaves. None of the texts among them (split, back end) needs quotes. */
function flat(value: unknown, path = ''): Row {
  if (typeof value !== 'object' || value === null) return new Map([[path, value as number | string | null]]);
  return new Map(
    Object.entries(value).flatMap(([name, part]) => [...flat(part, path === '' ? name : `${path}/${name}`)]),
  );
}
