/**
 * A group looked at: its advantages under switches other than those it was played with, and the last fork of one of
 * its steps. Both belong to the group on view and go with it.
 */
import type { ForkRun, Regrouped } from '../../worker/group-protocol';
import type { AdvantageOptions, GroupRun } from '../../worker/protocol';

export interface GroupLook {
  /** Null: as it was played. */
  readonly regrouped: { readonly options: AdvantageOptions; readonly result: Regrouped } | null;
  /** `rollout`: index in the group. */
  readonly fork: { readonly rollout: number; readonly run: ForkRun } | null;
}

export const AS_PLAYED: GroupLook = { regrouped: null, fork: null };

/** The group with the advantages that the switches give. */
export function groupUnder(group: GroupRun, { regrouped }: GroupLook): GroupRun {
  if (!regrouped) return group;
  const { options, result } = regrouped;
  return {
    ...group,
    options,
    statistics: result.statistics,
    rollouts: group.rollouts.map((rollout, k) => ({
      ...rollout,
      advantage: result.advantages[k],
      stepAdvantages: result.steps[k],
    })),
  };
}
