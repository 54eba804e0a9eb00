/** The six tools, and what else a step can be, as an icon with a short label: told apart by shape, never by colour. */
import type { ParsedAction } from '../../worker/protocol';
import { type Phrase, phrase } from '../language/language';

export type MarkName =
  | 'Add_memory'
  | 'Update_memory'
  | 'Delete_memory'
  | 'Retrieve_memory'
  | 'Summary_context'
  | 'Filter_context'
  | 'act'
  | 'answer'
  | 'nothing'
  | 'malformed'
  | 'reset'
  | 'open';

/** Strokes on a field of 16 by 16. */
const ICONS: Readonly<Record<MarkName, string>> = {
  Add_memory: 'M2.5 2.5h11v11h-11z M8 5v6 M5 8h6',
  Update_memory: 'M3 13l.7-3.2L10.6 3l2.4 2.4-6.8 6.9z M9 4.6l2.4 2.4',
  Delete_memory: 'M3 4.5h10 M6.2 4.2v-1.7h3.6v1.7 M4.3 4.5l.7 9h6l.7-9 M6.8 7v4 M9.2 7v4',
  Retrieve_memory: 'M11.3 6.9a4.4 4.4 0 1 1-8.8 0a4.4 4.4 0 0 1 8.8 0z M10.2 10.1l3.6 3.6',
  Summary_context: 'M2.5 3h11 M2.5 6h11 M5 9.2l3 3l3-3 M8 6.6v5.4 M4 14h8',
  Filter_context: 'M2.3 3h11.4l-4.3 5.2v5l-2.8-1.5v-3.5z',
  // Out of a frame, into the world.
  act: 'M8.5 3h-6v10h6 M5.8 8h8 M10.6 4.8l3.2 3.2l-3.2 3.2',
  // Lines of speech: a tick would say that it is right.
  answer: 'M2.5 3h11v7.5h-6l-3 3v-3h-2z M5 5.6h6 M5 8h4',
  nothing: 'M2.5 3h11v7.5h-6l-3 3v-3h-2z',
  malformed: 'M8 2.2l6.2 11.3h-12.4z M8 6.2v3.6 M8 11.6v.4',
  reset: 'M12.8 8a4.8 4.8 0 1 1-1.6-3.6 M12.9 2v3h-3',
  open: 'M4 8h.6 M7.7 8h.6 M11.4 8h.6',
};

export const MARK_LABELS: Readonly<Record<MarkName, Phrase>> = {
  Add_memory: phrase('Add'),
  Update_memory: phrase('Update'),
  Delete_memory: phrase('Delete'),
  Retrieve_memory: phrase('Retrieve'),
  Summary_context: phrase('Summary'),
  Filter_context: phrase('Filter'),
  act: phrase('Action'),
  answer: phrase('Answer'),
  nothing: phrase('No tool'),
  malformed: phrase('Malformed'),
  reset: phrase('Reset'),
  open: phrase('Next'),
};

/** @param at its corner within another drawing, in units of that; by itself in a text otherwise */
export function ToolIcon({ name, at }: { readonly name: MarkName; readonly at?: readonly [number, number] }) {
  const [x, y] = at ?? [undefined, undefined];
  return (
    <svg className="tool-icon" viewBox="0 0 16 16" x={x} y={y} width="16" height="16" aria-hidden="true">
      <path d={ICONS[name]} fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinejoin="round" />
    </svg>
  );
}

/**
 * The marks of an action: one for each tool it calls. In stages 1 and 2 an answer is a step without a tool.
 *
 * @param acts it is an action in a world
 */
export function marksOf(action: ParsedAction, stage: number, acts: boolean): readonly MarkName[] {
  switch (action.kind) {
    case 'protocol-error':
      return ['malformed'];
    case 'answer':
      if (stage !== 3) return ['nothing'];
      return [acts ? 'act' : 'answer'];
    case 'tool-calls':
      return action.calls.map(({ name }) => (name in ICONS ? (name as MarkName) : 'malformed'));
  }
}
