/** Linear scales and round tick values for the charts. */
export interface Scale {
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly number[];
}

/**
 * A scale whose ends are ticks, covering the values and `include`. Ticks are 1, 2 or 5 times a power of
 * ten apart, `most` intervals at most. Values that are not finite are left out.
 */
export function niceScale(values: readonly number[], include: readonly number[] = [], most = 4): Scale {
  const finite = [...values, ...include].filter(Number.isFinite);
  const low = Math.min(...finite);
  const high = Math.max(...finite);
  if (finite.length === 0) return { min: 0, max: 1, ticks: [0, 1] };
  // Equal values whose mean was rounded are a hair apart: no ticks fit in between.
  const apart = high - low > 1e-9 * Math.abs(high) ? high - low : 0;
  const step = roundStep((apart || Math.abs(high) || 1) / most);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  const ticks = Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  );
  return { min: ticks[0], max: ticks[ticks.length - 1], ticks };
}

/** The smallest 1, 2 or 5 times a power of ten that is not below `rough`. */
function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** Ticks for whole numbers 1..n, few enough to be read. */
export function stepTicks(last: number, most = 6): readonly number[] {
  const step = Math.max(1, Math.ceil(last / most));
  const ticks = [];
  for (let value = step; value <= last; value += step) ticks.push(value);
  return ticks.includes(1) ? ticks : [1, ...ticks];
}

/** Where a value lies between two pixels. */
export function place(scale: Scale, value: number, from: number, to: number): number {
  return from + ((value - scale.min) / (scale.max - scale.min)) * (to - from);
}
