/** Edits by hand: each one act in the journal, whole or not at all, on disk before the call is answered. */
import { checkAgeing } from '../../memory/ageing';
import { UnknownMemoryError } from '../../memory/errors';
import { type ActingMemory, asPlanned, restoreMoment, undoAct } from '../../memory/history/acts';
import type { Note } from '../../memory/journal';
import type { EntryText } from '../../memory/memory';
import { LabRefusal } from '../lab-errors';
import type { MemoryEdit } from '../memory-protocol';
import { mended } from './mending';

const USER = { kind: 'user' } as const;
const note = (why: string): Note => ({ by: USER, why });

/** Throws what memory throws, and `LabRefusal` for an edit that says nothing; then nothing has changed. */
export async function carryOut(acting: ActingMemory, edit: MemoryEdit, now: () => number): Promise<void> {
  const { rows, memory } = acting;
  switch (edit.kind) {
    case 'add': {
      checkContent(edit.content);
      const { content, metadata, memoryType } = edit;
      await memory.add({ content, metadata, memoryType });
      return;
    }
    case 'change':
      checkContent(edit.content);
      await asPlanned(acting, { kind: 'update' }, note('changed by hand'), (_, current) => {
        const { id, content, metadata, memoryType } = edit;
        const [entry] = existing(current, [id], memory.namespace);
        // Made by hand from now on, whatever step wrote it first.
        const put = { ...entry, content, metadata, memoryType, updated: now(), sourceStep: '' };
        return { put: [put], remove: [] };
      });
      return;
    case 'delete': {
      const [kind, why] =
        edit.why === 'audit' ? (['clean', 'proposed by the audit'] as const) : (['delete', ''] as const);
      await asPlanned(acting, { kind }, note(why), (_, current) => {
        const remove = existing(current, edit.ids, memory.namespace).map(({ id }) => id);
        return { put: [], remove };
      });
      return;
    }
    case 'merge':
      checkContent(edit.content);
      if (new Set(edit.ids).size < 2) {
        throw new LabRefusal('merge', 'Merging takes two entries or more.', 'Choose the entries to merge.');
      }
      await asPlanned(acting, { kind: 'merge' }, note('merged'), (_, current) => {
        const [first, ...others] = existing(current, edit.ids, memory.namespace);
        const put =
          first.content === edit.content ? [] : [{ ...first, content: edit.content, updated: now() }];
        return { put, remove: others.map(({ id }) => id) };
      });
      return;
    case 'mend':
      await asPlanned(acting, { kind: 'clean' }, note('proposed by the audit'), (_, current) =>
        mended(current, edit.proposals, now()),
      );
      return;
    case 'clear':
      await asPlanned(acting, { kind: 'clear' }, note('emptied by hand'), (_, current) => ({
        put: [],
        remove: current.map(({ id }) => id),
      }));
      return;
    case 'ageing':
      checkAgeing(edit.ageing);
      await rows.setAgeing(memory.namespace, edit.ageing);
      return;
    case 'undo':
      await undoAct(acting, edit.act);
      return;
    case 'restore':
      await restoreMoment(acting, edit.seq);
      return;
  }
}

function checkContent(content: string): void {
  if (content.trim() !== '') return;
  throw new LabRefusal('empty-entry', 'An entry needs some text.', 'Write what is to be remembered.');
}

/** These entries, each once, in this order. Throws `UnknownMemoryError`. */
function existing(
  current: readonly EntryText[],
  ids: readonly string[],
  namespace: string,
): readonly EntryText[] {
  const byId = new Map(current.map((entry) => [entry.id, entry]));
  return [...new Set(ids)].map((id) => {
    const entry = byId.get(id);
    if (!entry) throw new UnknownMemoryError(id, namespace);
    return entry;
  });
}
