/** What the list of runs needs of the worker and of the page around it. The lab's controller is one; tests bring their own. */
import type { RunsCalls } from '../../worker/runs-protocol';

/** `openRun` changes what is on view and uses the model: it goes by `open`. */
type Name = Exclude<keyof RunsCalls, 'openRun'>;

export interface RunsLine {
  /** Rejects with `CallFailedError`. */
  call<N extends Name>(name: N, args: RunsCalls[N]['args']): Promise<RunsCalls[N]['result']>;
  /** What is saved of the run on view is no more; what is on view stays. */
  gone(): void;
  /** Puts the run on view. Undefined if it could not be done; the page has then been told why. */
  open(id: string): Promise<boolean | undefined>;
}
