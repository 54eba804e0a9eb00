/** Numbers as the page writes them: few digits, a real minus sign, a sign where direction matters. */
import { counted, say } from './language/language';

/**
 * To `digits` decimals, halves up: 0.5375 is 0.538. `toFixed` looks at the binary number, which lies below, and would
 * make it 0.537; formulas of the reward (`reward/part.ts`) round as here.
 */
function rounded(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

/** At most `digits` decimals, without trailing zeros. */
export function figure(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return say('not a number');
  const text = rounded(value, digits).toString();
  return text.replaceAll('-', '−');
}

/** Exactly `digits` decimals: numbers under one another line up. */
export function aligned(value: number, digits = 2): string {
  const text = rounded(value, digits).toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−');
}

/** With its sign, "+0.41", "−1.2", "0". */
export function signed(value: number, digits = 2): string {
  const text = figure(value, digits);
  return value > 0 && text !== '0' ? `+${text}` : text;
}

/** Small or large numbers in powers of ten, "3e−3", others as `figure`. */
export function compact(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5))
    return value.toExponential(1).replace('.0e', 'e').replaceAll('-', '−');
  return figure(value, size < 0.1 ? 4 : 3);
}

export function percent(share: number): string {
  const value = share * 100;
  return `${figure(value, value < 1 && value > 0 ? 1 : 0)}%`;
}

/** Shares of a whole in percent, rounded so that they are 100 together: what is lost goes to those that lost most. */
export function percentages(values: readonly number[]): readonly number[] {
  const whole = values.reduce((sum, value) => sum + value, 0);
  if (!(whole > 0)) return values.map(() => 0);
  const exact = values.map((value) => (value / whole) * 100);
  const shares = exact.map(Math.floor);
  const lost = 100 - shares.reduce((sum, share) => sum + share, 0);
  const most = [...exact.keys()].sort((one, other) => (exact[other] % 1) - (exact[one] % 1));
  for (const index of most.slice(0, lost)) shares[index]++;
  return shares;
}

/** A share too small for its digits is not called nothing: "< 0.1%". */
export function shareWords(value: number): string {
  return value > 0 && value < 5e-4 ? '< 0.1%' : percent(value);
}

/** "812 ms", "1.4 s", "12 s", "3 min 5 s". */
export function duration(milliseconds: number): string {
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 9_950) return `${figure(milliseconds / 1000, 1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

export function grouped(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** "1 token", "3 tokens", "2 entries"; in languages without such forms the noun's translation. */
export function count(value: number, noun: string, nouns?: string): string {
  const english = noun.replace(/§.*$/, '');
  return `${grouped(value)} ${counted(noun) ?? (value === 1 ? english : (nouns ?? `${english}s`))}`;
}

/** "812 bytes", "1.2 MB"; a kilobyte is 1000 bytes. */
export function size(bytes: number): string {
  if (bytes < 1000) return count(bytes, 'byte');
  const power = bytes < 999_950 ? 1 : bytes < 999_950_000 ? 2 : 3;
  return `${figure(bytes / 1000 ** power, 1)} ${['kB', 'MB', 'GB'][power - 1]}`;
}
