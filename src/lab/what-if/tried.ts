/** How often each tool was called in each stage, before and after training. */
import type { EventLog, Stage } from '../../worker/protocol';
import { say } from '../language/language';
import { TOOL_NAMES } from '../words';

export interface TriedRow {
  readonly tool: string;
  readonly stage: Stage;
  readonly before: number;
  readonly after: number;
}

const STAGES: readonly Stage[] = [1, 2, 3];

export function triedRows(before: readonly EventLog[], after: readonly EventLog[]): readonly TriedRow[] {
  return TOOL_NAMES.flatMap((tool) =>
    STAGES.map((stage) => ({
      tool,
      stage,
      before: calls(before, tool, stage),
      after: calls(after, tool, stage),
    })),
  );
}

function calls(logs: readonly EventLog[], tool: string, stage: Stage): number {
  return logs
    .flat()
    .filter((event) => event.type === 'tool-called' && event.requested.name === tool && event.stage === stage)
    .length;
}

export function triedWords(rows: readonly TriedRow[], rollouts: number): string {
  const never = rows.filter(({ before }) => before === 0);
  const still = never.filter(({ after }) => after === 0);
  const found = never.length - still.length;
  const told = {
    pairs: rows.length,
    tried: rows.length - never.length,
    rollouts,
    never: never.length,
    still: still.length,
  };
  if (found === 0)
    return say(
      'Of {pairs} pairs of tool and stage the base tried {tried} in {rollouts} rollouts. Of the {never} it did not try, training left {still} untried.',
      told,
    );
  if (found === 1)
    return say(
      'Of {pairs} pairs of tool and stage the base tried {tried} in {rollouts} rollouts. Of the {never} it did not try, training left {still} untried; one now occurs: so few rollouts miss what is rare, and a rare action is enough to be found.',
      told,
    );
  return say(
    'Of {pairs} pairs of tool and stage the base tried {tried} in {rollouts} rollouts. Of the {never} it did not try, training left {still} untried; {found} now occur: so few rollouts miss what is rare, and a rare action is enough to be found.',
    { ...told, found },
  );
}
