/**
 * What a branch has otherwise than the episode on view, as the address says it: `ifStep=3&ifWrites=…`. Null: as it was.
 * It belongs to one episode, so another task or player takes it out of the address (`LabController.go`).
 */

/** In the order of `RewardWeights`: task, context, memory, penalty. */
export type WeightsInLink = readonly [task: number, context: number, memory: number, penalty: number];

export interface BranchChange {
  /** The step that is written by hand, or before which an entry is taken out. */
  readonly ifStep: number | null;
  /** Completion in place of the one of that step. */
  readonly ifWrites: string | null;
  /** Id of an entry taken out before that step. */
  readonly ifForgets: string | null;
  /** Message of stages 1 and 2, counted from 1 in the order they arrive. */
  readonly ifMessage: number | null;
  /** What it says instead. */
  readonly ifSays: string | null;
  /** T_max, tokens. */
  readonly ifBudget: number | null;
  /** Short-term memory is not emptied after stage 1. */
  readonly ifReset: 'none' | null;
  readonly ifWeights: WeightsInLink | null;
  /** Maintenance is paid for any update or delete. */
  readonly ifPays: 'any' | null;
}

export const AS_IT_WAS: BranchChange = {
  ifStep: null,
  ifWrites: null,
  ifForgets: null,
  ifMessage: null,
  ifSays: null,
  ifBudget: null,
  ifReset: null,
  ifWeights: null,
  ifPays: null,
};

const NAMES = Object.keys(AS_IT_WAS) as readonly (keyof BranchChange)[];

/** Tokens, and the largest weight: what the form takes. */
export const MOST_BUDGET = 100_000;
export const MOST_WEIGHT = 10;

export function parseChange(query: URLSearchParams): BranchChange {
  const whole = (name: keyof BranchChange, most: number) => {
    const text = query.get(name) ?? '';
    const value = Number(text);
    return /^\d{1,6}$/.test(text) && value >= 1 && value <= most ? value : null;
  };
  const is = <T extends string>(name: keyof BranchChange, word: T) =>
    query.get(name) === word ? word : null;
  const entry = query.get('ifForgets') ?? '';
  return {
    ifStep: whole('ifStep', 1000),
    ifWrites: query.get('ifWrites'),
    ifForgets: /^[\w-]{1,40}$/.test(entry) ? entry : null,
    ifMessage: whole('ifMessage', 1000),
    ifSays: query.get('ifSays'),
    ifBudget: whole('ifBudget', MOST_BUDGET),
    ifReset: is('ifReset', 'none'),
    ifWeights: weights(query.get('ifWeights') ?? ''),
    ifPays: is('ifPays', 'any'),
  };
}

function weights(text: string): WeightsInLink | null {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const [task, context, memory, penalty] = numbers;
  return numbers.length === 4 && numbers.every((value) => value >= 0 && value <= MOST_WEIGHT)
    ? [task, context, memory, penalty]
    : null;
}

/** Something is otherwise. */
export function isChanged(change: BranchChange): boolean {
  return NAMES.some((name) => change[name] !== null);
}

/** The part of an address that is a change. */
export function changeIn(address: BranchChange): BranchChange {
  return Object.fromEntries(NAMES.map((name) => [name, address[name]])) as unknown as BranchChange;
}
