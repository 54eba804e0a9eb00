/** Sets are changed one act at a time, and the address is told which set became which. */
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ownTask } from '../../tasks/own/own-task';
import { readForm } from '../../tasks/own/read-form';
import type { TaskSetInfo } from '../../worker/own-protocol';
import type { OwnLine } from '../state/own-line';
import type { SetChange } from '../state/set-moves';
import OwnData from './own-data';

/** A worker that takes its time to change a set. */
class Sets implements OwnLine {
  sets: readonly TaskSetInfo[] = [];
  readonly changes: SetChange[] = [];
  readonly told: (readonly [SetChange, string | undefined])[] = [];
  release = () => {};

  readonly call = (async (name: string, args: unknown) => {
    if (name === 'listTaskSets') return this.sets;
    if (name === 'tryTask') {
      const { task: form } = readForm((args as { readonly form: unknown }).form);
      if (!form) return { problems: [] };
      const task = ownTask(form, { set: 'typed', index: 0, split: 'train' });
      const fit = { texts: [], promptLimit: 1, stages: [1, 1, 1], contextLimit: 1, playable: true };
      return { task, fit };
    }
    if (name !== 'changeTaskSet') return undefined;
    this.changes.push(args as SetChange);
    await new Promise<void>((resolve) => {
      this.release = resolve;
    });
    const tasks = (this.sets[0]?.tasks ?? 0) + 1;
    const hash = String(tasks).repeat(16);
    this.sets = [{ hash, name: 'My tasks', tasks, added: 1, bytes: 9 }];
    return this.sets[0];
  }) as OwnLine['call'];
  moved(change: SetChange, to: TaskSetInfo | null) {
    this.told.push([change, to?.hash]);
  }
  evaluate = async () => undefined;
  cancel = async () => undefined;
  play = async () => undefined;
  trainOn() {}
}

let page: HTMLElement;
let line: Sets;
let unmount: () => void;

const button = (name: RegExp) =>
  [...page.querySelectorAll('button')].find(({ textContent }) => name.test(textContent ?? ''));
/** Both clicks of an impatient hand, before the page is drawn again. */
const pressTwice = (name: RegExp) =>
  act(async () => {
    const found = button(name);
    found?.click();
    found?.click();
  });

beforeEach(async () => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  localStorage.clear();
  page = document.body.appendChild(document.createElement('div'));
  const root = createRoot(page);
  unmount = () => root.unmount();
  line = new Sets();
  await act(async () =>
    root.render(
      <OwnData line={line} reward="paper-appendix" playing={null} blocked={false} progress={null} />,
    ),
  );
});

afterEach(async () => {
  await act(async () => unmount());
  page.remove();
});

test('pressed twice, a task is kept once; meanwhile nothing else changes a set', async () => {
  await pressTwice(/^Keep as a new set$/);
  expect(line.changes).toHaveLength(1);
  expect(button(/^Keep as a new set$/)?.disabled).toBe(true);
  expect(button(/^Keep and play$/)?.disabled).toBe(true);
  await act(async () => line.release());
  await pressTwice(/^Add to “My tasks”$/);
  expect(line.changes.map(({ set }) => set)).toEqual([null, '1111111111111111']);
  await act(async () => line.release());
  expect(line.told.map(([{ set }, to]) => [set, to])).toEqual([
    [null, '1111111111111111'],
    ['1111111111111111', '2222222222222222'],
  ]);
  expect(button(/^Add to “My tasks”$/)?.disabled).toBe(false);
});

test('the button says which set it changes, and a set of its own is always to be had', async () => {
  await pressTwice(/^Keep as a new set$/);
  await act(async () => line.release());
  // The task that was just kept is played as it is; a set that is open is changed by name only.
  expect(button(/^Play it again$/)).toBeDefined();
  await pressTwice(/^Clear the form$/);
  await pressTwice(/^Example$/);
  expect(button(/^Keep and play$/)).toBeUndefined();
  expect(button(/^Add to “My tasks” and play$/)).toBeDefined();
  await pressTwice(/^Keep as a new set$/);
  expect(line.changes.map(({ set, at }) => [set, at])).toEqual([
    [null, null],
    [null, null],
  ]);
  await act(async () => line.release());
});
