/** What a preview shows of a plan: the lines that need a look first, long contents cut. */
import { grouped } from './limits';
import type { Outcome, PlannedLine } from './plan-import';

/** What is told of a line; the page has a type of the same shape. */
export type PreviewLine = Pick<PlannedLine, 'line' | 'outcome' | 'id' | 'content' | 'current' | 'reason'>;

const CONCERN: Readonly<Record<Outcome, number>> = { reject: 0, conflict: 1, update: 2, add: 3, same: 4 };
const SHOWN_CHARACTERS = 2_000;

/** At most `limit` lines in the order of the file; rejects and conflicts are the last to be left out. */
export function previewLines(lines: readonly PlannedLine[], limit = 500): readonly PreviewLine[] {
  return [...lines]
    .sort((a, b) => CONCERN[a.outcome] - CONCERN[b.outcome])
    .slice(0, limit)
    .sort((a, b) => a.line - b.line)
    .map(({ line, outcome, id, content, current, reason }) => ({
      line,
      outcome,
      id,
      content: shortened(content),
      current: current === null ? null : shortened(current),
      reason,
    }));
}

function shortened(text: string): string {
  if (text.length <= SHOWN_CHARACTERS) return text;
  const unit = text.charCodeAt(SHOWN_CHARACTERS - 1);
  // Not between the halves of a surrogate pair.
  const end = unit >= 0xd800 && unit < 0xdc00 ? SHOWN_CHARACTERS - 1 : SHOWN_CHARACTERS;
  return `${text.slice(0, end)}… (${grouped(text.length - end)} more characters)`;
}
