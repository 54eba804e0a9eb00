/**
 * The paper's claims held against an ablation. No verdict is typed by hand: each is the interval of paired differences on
 * one side of zero, on the other, or around it; other evidence gives other verdicts.
 */
import { type Ablation, heldOutOf } from './ablation-lines';
import { MOST_UNFIT } from './cells';
import {
  type BySeed,
  type Direction,
  difference,
  directionOf,
  type Estimate,
  estimate,
  verdictOf,
} from './paired';
import { CLAIMS, type Claim, type ClaimGroup, paperDirection } from './paper-figures';

/**
 * `holds`, `other`: our difference goes the paper's way, or the other. `open`: it cannot be told from these seeds.
 * `unclaimed`: the paper has no one direction to hold it against. `unmeasured`: this run did not play it.
 */
export type Finding = 'holds' | 'other' | 'open' | 'unclaimed' | 'unmeasured';

export interface JudgedClaim {
  readonly claim: Claim;
  /** Means of ours; null where not measured. */
  readonly before: number | null;
  readonly after: number | null;
  readonly difference: Estimate | null;
  /** Which way ours goes, as far as can be told. */
  readonly direction: Direction | null;
  readonly finding: Finding;
  /** Share of the episodes whose prompts the policy cannot read, of the side that has more of them. */
  readonly unfit: number;
}

export interface JudgedGroup {
  readonly group: ClaimGroup;
  readonly claims: readonly JudgedClaim[];
}

/** All claims, also those that this run did not play; nothing is carried over to the world that was trained on. */
export function judge(ablation: Ablation): readonly JudgedGroup[] {
  return CLAIMS.map((group) => ({
    group,
    claims: group.claims
      .filter(({ environment }) => environment !== ablation.settings.family)
      .map((claim) => judgeClaim(ablation, claim)),
  })).filter(({ claims }) => claims.length > 0);
}

export function judgeClaim(ablation: Ablation, claim: Claim): JudgedClaim {
  const environment = claim.environment ?? ablation.settings.family;
  const after = heldOutOf(ablation, claim.after, environment, claim.metric);
  const before = heldOutOf(ablation, claim.before, environment, claim.metric);
  const found = difference(after, before);
  const means = { before: meanOn(before, after), after: meanOn(after, before) };
  const unfit = Math.max(
    ...[claim.before, claim.after].map(
      (method) => estimate([...heldOutOf(ablation, method, environment, 'does-not-fit').values()])?.mean ?? 0,
    ),
  );
  const measured = { claim, ...means, unfit, difference: found };
  if (found === null) return { ...measured, direction: null, finding: 'unmeasured' };
  const claimed = paperDirection(claim);
  if (claimed === null) return { ...measured, direction: directionOf(found), finding: 'unclaimed' };
  // As in the table: a difference of what fits is none of what is claimed.
  if (unfit > MOST_UNFIT) return { ...measured, direction: null, finding: 'open' };
  return { ...measured, direction: directionOf(found), finding: verdictOf(found, claimed) };
}

/** Over the seeds that the other has as well, as the difference is. */
function meanOn(values: BySeed, other: BySeed): number | null {
  return estimate([...values].flatMap(([seed, value]) => (other.has(seed) ? value : [])))?.mean ?? null;
}

/** What a claim comes to in all its readings; `depends`: what was measured of them does not agree. */
export type Outcome = Finding | 'depends';

/** A claim with its other readings behind it. */
export interface WholeClaim {
  readonly readings: readonly JudgedClaim[];
  readonly outcome: Outcome;
}

/** Readings of one claim put together: the favourable one alone would be a choice. */
export function wholeClaims({ claims }: JudgedGroup): readonly WholeClaim[] {
  const whole: JudgedClaim[][] = [];
  for (const one of claims) {
    const before = whole.at(-1);
    if (one.claim.recounts && before) before.push(one);
    else whole.push([one]);
  }
  return whole.map((readings) => ({ readings, outcome: outcomeOf(readings) }));
}

function outcomeOf(readings: readonly JudgedClaim[]): Outcome {
  const measured = readings.flatMap(({ finding }) => (finding === 'unmeasured' ? [] : finding));
  const [first = 'unmeasured', ...others] = new Set(measured);
  return others.length > 0 ? 'depends' : first;
}

/** How many claims came out each way; one that is read in two ways counts once. */
export function tally(groups: readonly JudgedGroup[]): Readonly<Record<Outcome, number>> {
  const counts = { holds: 0, other: 0, open: 0, depends: 0, unclaimed: 0, unmeasured: 0 };
  for (const { outcome } of groups.flatMap(wholeClaims)) counts[outcome]++;
  return counts;
}

/** Of 95 % intervals this share leaves zero out where nothing differs. */
const BY_CHANCE = 0.05;

/** How many of so many judged claims would be clear if nothing differed at all. */
export const clearByChance = (judged: number): number => judged * BY_CHANCE;

/** Fewest and most seeds that a difference rests on; null: nothing was measured. */
export function seedsBehind(
  groups: readonly JudgedGroup[],
): { readonly fewest: number; readonly most: number } | null {
  const all = groups.flatMap(({ claims }) => claims.flatMap(({ difference }) => difference?.n ?? []));
  return all.length === 0 ? null : { fewest: Math.min(...all), most: Math.max(...all) };
}
