/** What is said under the table: what its numbers cannot tell apart, and what they leave out. */
import type { CellLine } from '../../evidence/cell-lines';
import { say } from '../language/language';
import type { Metric } from './cells';
import { METRIC_NAMES } from './metric-names';

/** They differ in what a long thread does to them; no recorded episode has one. */
const ALIKE = ['langmem', 'mem0'] as const;

interface NotesProps {
  /** Of a recorded run; of a file that was opened nothing is known but its numbers: none. */
  readonly recorded: readonly CellLine[];
  readonly metric: Metric;
}

export function TableNotes({ recorded, metric }: NotesProps) {
  return (
    <>
      {ALIKE.every((id) => recorded.some(({ method }) => method === id)) && (
        <p className="quiet">
          {say(
            'LangMem and Mem0 are reconciled by the same rules here, and no episode is long enough for LangMem’s running summary: their scores are equal by construction.',
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
