/** What is said under the table: what its numbers cannot tell apart, and what they leave out. */
import type { CellLine } from '../../evidence/cell-lines';
import { say } from '../language/language';
import type { Metric } from './cells';
import { METRIC_NAMES } from './metric-names';
import { storedBest } from './stored-best';

/** One rule decides for both what is new, replaced or over. */
const RECONCILED = ['langmem', 'mem0'] as const;

interface NotesProps {
  /** Of a recorded run; of a file that was opened nothing is known but its numbers: none. */
  readonly recorded: readonly CellLine[];
  readonly metric: Metric;
}

export function TableNotes({ recorded, metric }: NotesProps) {
  const stored = metric === 'memory-quality' ? storedBest(recorded) : null;
  return (
    <>
      {RECONCILED.every((id) => recorded.some(({ method }) => method === id)) && (
        <p className="quiet">
          {say(
            'LangMem and Mem0 are reconciled by the same rules here: what parts them is LangMem’s running summary, which is read beside the memories.',
          )}
        </p>
      )}
      {metric === 'memory-quality' && (
        <p className="quiet">
          {say(
            'Of the entries stored in stage 1, the share that states a fact worth keeping as it is now. In the paper a language model judges it.',
          )}
        </p>
      )}
      {stored !== null && (
        <p className="quiet">
          {say(
            'The paper: AgeMem stores best of all methods. Here it is clearly above every other memory in {above} of {worlds} worlds, clearly below one of them in {below} (at 99 %, since five are asked). The rules of the other memories read the very sentences that the tasks are made of.',
            { above: stored.above, below: stored.below, worlds: stored.worlds },
          )}
        </p>
      )}
      {metric === 'episode-tokens' && (
        <p className="quiet">
          {say('A memory’s own calls are not in it; they stand under “{figure}”.', {
            figure: say(METRIC_NAMES['memory-tokens']),
          })}
        </p>
      )}
    </>
  );
}
