/** What is changed about the setup of the model that acts, before it is applied. Pure. */
import type { ActingSetup, ActiveModel } from '../../worker/models-protocol';

export type SetupDraft = Partial<ActingSetup>;

/** A number of the setup and what it may be. */
export interface Range {
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
}

export const RANGES = {
  temperature: { min: 0, max: 2, whole: false },
  topP: { min: 0.01, max: 1, whole: false },
} as const satisfies Record<string, Range>;

/** Shortest prompt with completion that an episode can begin with. */
const LEAST_CONTEXT = 128;

export function tokenRanges({ choices, setup }: ActiveModel, draft: SetupDraft) {
  const context = draft.contextTokens ?? setup.contextTokens;
  return {
    contextTokens: {
      min: Math.min(LEAST_CONTEXT, choices.maxContextTokens),
      max: choices.maxContextTokens,
      whole: true,
    },
    maxNewTokens: { min: 1, max: context - 1, whole: true },
  } as const satisfies Record<string, Range>;
}

/** Only what differs from how it is; null: nothing. */
export function changes(setup: ActingSetup, draft: SetupDraft): SetupDraft | null {
  const different = Object.entries(draft).filter(([key, value]) => setup[key as keyof ActingSetup] !== value);
  return different.length > 0 ? (Object.fromEntries(different) as SetupDraft) : null;
}

/** Weights that are kept otherwise are read anew. */
export function opensAnew(draft: SetupDraft): boolean {
  return draft.base !== undefined;
}
