/** What the comparison of memories needs of the worker and the page. The lab's controller is one; tests bring their own. */
import type { BaselineRun, BaselinesCalls } from '../../worker/baselines-protocol';

export interface BaselinesLine {
  /** Undefined if it could not be done; the page has then been told why, unless it was cancelled. */
  play(args: BaselinesCalls['playBaseline']['args']): Promise<BaselineRun | undefined>;
  cancel(): Promise<void>;
  /** Opens a made-up task of the family on view in which facts are corrected. */
  playCorrections(): void;
  /** The episode on view, to its end. */
  runEpisode(): void;
}
