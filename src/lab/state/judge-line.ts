/** What the judge's panel needs of the worker. The lab's controller is one; tests bring their own. */
import type { AgreementRun, JudgeCalls, JudgedRun } from '../../worker/judge-protocol';

type ArgsOf<Name extends keyof JudgeCalls> = JudgeCalls[Name]['args'];

/** Each gives undefined if it could not be done; the page has then been told why. */
export interface JudgeLine {
  judge(args: ArgsOf<'judgeEpisode'>): Promise<JudgedRun | undefined>;
  agreement(args: ArgsOf<'judgeAgreement'>): Promise<AgreementRun | undefined>;
  cancel(): Promise<void>;
  /** What a model writes for the next episodes. */
  write(by: { readonly summaries?: Writer; readonly distractors?: Writer }): void;
}

/** By the usual rule, or by the model that acts. */
export type Writer = 'rule' | 'model';
