/** Figures for people: a line of text, and the table of the README. */
import type { Figure } from './figure';

const round = (value: number | null, digits = 1): string =>
  value === null ? '–' : value >= 100 ? value.toFixed(0) : value.toFixed(digits);

/** One figure as a line of text. */
export function textOf(figure: Figure): string {
  const { bench, backend, engine, size } = figure;
  const head = `${bench.padEnd(10)} ${backend.padEnd(6)} ${engine.padEnd(15)} ${size.padEnd(36)}`;
  if (figure.median_ms === null) return `${head} ${figure.note ?? ''}`;
  const counts =
    figure.dispatches === null
      ? ''
      : `  ${figure.dispatches} dispatches, ${figure.submits} submits, ${figure.readbacks} readbacks`;
  const rate = figure.gflops === null ? '' : `  ${round(figure.gflops)} GFLOP/s`;
  const ratio = figure.ratio === null ? '' : `  ours takes ${figure.ratio.toFixed(2)} of it`;
  const note = figure.note ? `  (${figure.note})` : '';
  return `${head} ${round(figure.median_ms)} ms (${round(figure.min_ms)}–${round(figure.max_ms)})${rate}${ratio}${counts}${note}`;
}

/** A Markdown table: one row for each size, with the best peer beside ours. */
export function tableOf(figures: readonly Figure[]): string {
  const groups = new Map<string, Figure[]>();
  for (const figure of figures) {
    const key = `${figure.bench} | ${figure.backend} | ${figure.size}`;
    groups.set(key, [...(groups.get(key) ?? []), figure]);
  }
  const rows = [...groups].flatMap(([key, members]) => {
    const ours = members.find(({ engine, median_ms }) => engine === 'agemem' && median_ms !== null);
    if (!ours) return [];
    const best = members
      .filter(({ engine, median_ms }) => engine !== 'agemem' && median_ms !== null)
      .sort((a, b) => (a.median_ms ?? 0) - (b.median_ms ?? 0))[0];
    const peer = best ? `${best.engine} ${round(best.median_ms)}` : '–';
    const faster = best?.ratio ? `${(1 / best.ratio).toFixed(2)}x` : '–';
    const counts = [ours.dispatches, ours.submits, ours.readbacks].map((n) => n ?? '–').join(' / ');
    return [
      `| ${key} | ${round(ours.median_ms)} | ${peer} | ${faster} | ${round(ours.gflops)} | ${counts} |`,
    ];
  });
  return [
    '| bench | back end | size | ours, ms | best peer, ms | ours is faster by | GFLOP/s | dispatches / submits / readbacks |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}
