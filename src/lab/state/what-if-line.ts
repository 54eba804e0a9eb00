/** What the what-if page needs of the worker. The lab's controller is one; tests bring their own. */
import type { RewardBreakdown } from '../../worker/protocol';
import type { PlayedEpisode, VariantRun, WhatIfCalls } from '../../worker/what-if-protocol';
import type { BranchChange } from './branch-change';
import type { LongText } from './link';

type ArgsOf<Name extends keyof WhatIfCalls> = WhatIfCalls[Name]['args'];

/** Each gives undefined if it could not be done; the page has then been told why. */
export interface WhatIfLine {
  branch(args: ArgsOf<'branchEpisode'>): Promise<PlayedEpisode | undefined>;
  script(args: ArgsOf<'playScript'>): Promise<PlayedEpisode | undefined>;
  variant(args: ArgsOf<'playVariant'>): Promise<VariantRun | undefined>;
  payAgain(args: ArgsOf<'payAgain'>): Promise<RewardBreakdown | undefined>;
  cancel(): Promise<void>;
  /** Puts a change of the episode on view into the address. @returns texts that are too long for a link */
  keep(change: BranchChange): readonly LongText[];
}
