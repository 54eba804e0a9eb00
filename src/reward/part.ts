/**
 * One part of the reward with its reasons, for a page that must say what was paid and why: the value, the
 * formula in words with this episode's numbers in it, the events that earned it, and notes on the rest.
 */

export type PartName =
  | 'task'
  | 'compression'
  | 'preventive'
  | 'preservation'
  | 'storage'
  | 'maintenance'
  | 'relevance'
  | 'rounds'
  | 'overflow'
  | 'malformed';

export interface RewardPart {
  readonly name: PartName;
  readonly value: number;
  /** False if the task gives nothing to judge by (no key items, say): then it is left out of its mean. */
  readonly applicable: boolean;
  readonly formula: string;
  /** `seq` of the events that earned or cost it. */
  readonly events: readonly number[];
  readonly notes: readonly string[];
}

export function part(
  name: PartName,
  value: number,
  formula: string,
  events: readonly number[] = [],
  notes: readonly string[] = [],
): RewardPart {
  return { name, value, applicable: true, formula, events, notes };
}

export function notApplicable(name: PartName, why: string): RewardPart {
  return { name, value: 0, applicable: false, formula: why, events: [], notes: [] };
}

/** Mean of the parts that apply; 0 if none does. */
export function meanOfParts(parts: readonly RewardPart[]): number {
  const counted = parts.filter((item) => item.applicable);
  return counted.length === 0 ? 0 : counted.reduce((sum, item) => sum + item.value, 0) / counted.length;
}

/** Numbers in formulas: at most three decimals, halves up, as the page writes the value beside them (`lab/figures.ts`). */
export function figure(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}
