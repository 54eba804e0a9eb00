/**
 * Figures for people: a line of text each, and from files of JSON lines the table of the README, with the
 * best peer beside ours, the goal, and the counts of both. The policy's many products are one row: their
 * geometric mean and the worst of them.
 */
import type { Figure } from './figure';
import { type Goal, goalOf, isSquare } from './goals';

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
  const note = `${figure.quick === true ? '  quick' : ''}${figure.note ? `  (${figure.note})` : ''}`;
  return `${head} ${round(figure.median_ms)} ms (${round(figure.min_ms)}–${round(figure.max_ms)})${rate}${ratio}${counts}${note}`;
}

/**
 * The figures among lines of JSON; others (the first line of an evidence file) are passed over.
 * @throws SyntaxError of JSON.parse where a line is not JSON
 */
export function figuresIn(text: string): readonly Figure[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as Figure)
    .filter(({ bench, engine }) => typeof bench === 'string' && typeof engine === 'string');
}

/** The same work on the same device: ours, the fastest peer whose result was ours, and who did not count. */
export interface Contest {
  readonly ours: Figure;
  readonly best: Figure | null;
  readonly refused: readonly Figure[];
  /** How many times faster we are than the best; null without one. */
  readonly speedup: number | null;
}

export function contests(figures: readonly Figure[]): readonly Contest[] {
  const groups = new Map<string, Figure[]>();
  for (const figure of figures) {
    const key = [figure.bench, figure.backend, figure.device, figure.runtime, figure.size, figure.quick].join(
      '|',
    );
    groups.set(key, [...(groups.get(key) ?? []), figure]);
  }
  return [...groups.values()].flatMap((members): Contest[] => {
    const ours = members.find(({ engine, median_ms }) => engine === 'agemem' && median_ms !== null);
    if (!ours) return [];
    const peers = members.filter(({ engine }) => engine !== 'agemem');
    const timed = peers.filter(({ median_ms }) => median_ms !== null);
    const best = timed.sort((a, b) => (a.median_ms ?? 0) - (b.median_ms ?? 0))[0] ?? null;
    const speedup = best?.ratio ? 1 / best.ratio : null;
    return [{ ours, best, refused: peers.filter(({ median_ms }) => median_ms === null), speedup }];
  });
}

const HEADER = [
  '| bench | back end | work | ours, ms | best peer, ms | ours is faster by (median of the rounds) | goal | GFLOP/s | dispatches / submits / readbacks: ours; peer |',
  '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
];

const asked = (goal: Goal | null): string =>
  goal ? `${goal.words}: ${goal.met ? 'met' : '**missed**'}` : '–';

const countsOf = (figure: Figure | null): string =>
  figure && figure.dispatches !== null
    ? `${figure.dispatches} / ${figure.submits ?? '–'} / ${figure.readbacks ?? '–'}`
    : '–';

function row({ ours, best, speedup, refused }: Contest): string {
  const { bench, backend, size, median_ms, gflops } = ours;
  const why = refused.map(({ engine, note }) => `${engine}: ${note}`).join('; ');
  const timed = best ? `${best.engine} ${round(best.median_ms)}` : '';
  const peer = timed === '' || why === '' ? timed || why || '–' : `${timed} (${why})`;
  const share =
    typeof ours.share_of_square === 'number'
      ? ` (${(100 * ours.share_of_square).toFixed(0)}% of our 512-square)`
      : '';
  const counts = best ? `${countsOf(ours)}; ${countsOf(best)}` : countsOf(ours);
  const faster = speedup === null ? '–' : `${speedup.toFixed(2)}x`;
  const work = ours.quick === true ? `${size} (quick)` : size;
  const cells = [bench, backend, work, round(median_ms), peer, faster];
  return `| ${[...cells, asked(goalOf(ours, speedup)), `${round(gflops)}${share}`, counts].join(' | ')} |`;
}

/** The products that the policy is made of in one row for each back end. */
function policyRow(all: readonly Contest[]): string {
  const { backend } = all[0].ours;
  const raced = all.filter(({ speedup }) => speedup !== null);
  const logs = raced.map(({ speedup }) => Math.log(speedup ?? 1));
  const mean = Math.exp(logs.reduce((sum, log) => sum + log, 0) / Math.max(1, logs.length));
  const worst = [...raced].sort((a, b) => (a.speedup ?? 0) - (b.speedup ?? 0))[0];
  const goal = goalOf(all[0].ours, raced.length > 0 ? mean : null);
  const rates = all.map(({ ours }) => ours.gflops ?? 0);
  const text = worst
    ? `${mean.toFixed(2)}x (geometric mean; worst ${(worst.speedup ?? 0).toFixed(2)}x: ${worst.ours.size})`
    : '–';
  const span = `${round(Math.min(...rates))}–${round(Math.max(...rates))}`;
  const best = 'the best at each shape';
  return `| matmul | ${backend} | the policy's ${all.length} shapes | – | ${best} | ${text} | ${asked(goal)} | ${span} | – |`;
}

/** The table, and a line for each device with the dates. `scale` is a figure, `profile` a list: neither is in it. */
export function tableOf(figures: readonly Figure[]): string {
  const all = contests(figures.filter(({ bench }) => bench !== 'scale' && bench !== 'profile'));
  const policy = all.filter(({ ours }) => ours.bench === 'matmul' && !isSquare(ours));
  const others = all.filter((contest) => !policy.includes(contest));
  const products = (['wasm', 'webgpu'] as const).flatMap((backend) => {
    const own = policy.filter(({ ours }) => ours.backend === backend);
    return own.length > 0 ? [policyRow(own)] : [];
  });
  const squares = others.filter(({ ours }) => ours.bench === 'matmul').map(row);
  const rest = others.filter(({ ours }) => ours.bench !== 'matmul').map(row);
  const devices = new Map<string, Set<string>>();
  for (const { backend, device, runtime, date } of figures) {
    const key = `${backend}, ${runtime}: ${device}`;
    devices.set(key, (devices.get(key) ?? new Set()).add(String(date).slice(0, 10)));
  }
  const lines = [...devices].map(([device, dates]) => `- ${device} (${[...dates].join(', ')})`);
  return [...HEADER, ...squares, ...products, ...rest, '', ...lines].join('\n');
}
