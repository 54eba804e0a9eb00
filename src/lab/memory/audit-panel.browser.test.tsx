/** What the user can do about findings of which nothing is proposed: choose, delete in one act, undo, keep the rest. */
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AuditReport } from '../../worker/memory-protocol';
import { MemoryController } from './memory-controller';
import { MemoryView } from './memory-page';
import { RecordedLine } from './memory-worker.fixture';

let line: RecordedLine;
let memory: MemoryController;
let page: HTMLElement;
let unmount: () => void;

const button = (name: RegExp) =>
  [...page.querySelectorAll('button')].find((one) => name.test(one.textContent ?? ''));
const box = (name: string) =>
  [...page.querySelectorAll('label')].find((one) => one.textContent === name)?.querySelector('input');
const press = (element: HTMLElement | null | undefined) => act(async () => element?.click());
const settled = () => act(() => new Promise((resolve) => setTimeout(resolve, 5)));
const left = () => [...(line.spaces.get('user')?.entries.keys() ?? [])];

/** Every entry is told as never retrieved. */
function report(): AuditReport {
  const findings = left().map((id) => ({
    kind: 'never-retrieved' as const,
    ids: [id],
    why: 'None of the 20 retrievals has found it.',
    proposal: { kind: 'none' as const },
  }));
  const counts = { duplicate: 0, 'near-duplicate': 0, contradicted: 0, junk: 0, stale: 0 };
  return {
    entries: findings.length,
    findings,
    junkShare: 0,
    counts: { ...counts, 'never-retrieved': findings.length },
  };
}

beforeEach(async () => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  line = new RecordedLine();
  for (const content of ['Rosa has boss Hana', 'Mila likes cocoa', 'Omar has boss Lin']) {
    line.act('user', 'add', [{ kind: 'add', after: line.text('user', content) }]);
  }
  const call = line.call.bind(line);
  vi.spyOn(line, 'call').mockImplementation(((name, args) =>
    name === 'auditMemory' ? Promise.resolve(report()) : call(name, args)) as typeof line.call);
  memory = new MemoryController(line, { save: () => undefined });
  await memory.open();
  await memory.go('audit');
  page = document.body.appendChild(document.createElement('div'));
  const root = createRoot(page);
  unmount = () => root.unmount();
  await act(async () => root.render(<MemoryView memory={memory} />));
});

afterEach(async () => {
  await act(async () => unmount());
  page.remove();
});

test('the chosen go in one act that can be undone; the others are kept', async () => {
  expect(button(/^Mend all/)).toBeUndefined();
  expect(button(/^Delete the chosen/)?.disabled).toBe(true);
  await press(box('Delete m1'));
  await press(box('Delete m3'));
  await press(box('Delete m2'));
  await press(box('Delete m2'));
  await press(button(/^Delete 2 entries/));
  await settled();
  expect(left()).toEqual(['m2']);
  const journal = line.spaces.get('user')?.journal ?? [];
  expect(journal.slice(3).map(({ act }) => act)).toEqual([
    { id: 4, kind: 'clean' },
    { id: 4, kind: 'clean' },
  ]);
  await press(button(/^Undo/));
  await settled();
  expect(left().sort()).toEqual(['m1', 'm2', 'm3']);
});

test('all of a kind are chosen at once, and none', async () => {
  await press(button(/^Choose all 3/));
  expect(button(/^Delete 3 entries/)?.disabled).toBe(false);
  await press(button(/^Choose none/));
  expect(button(/^Delete the chosen/)?.disabled).toBe(true);
});
