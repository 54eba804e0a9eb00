/** When a memory is played: once, when it is first wanted, not after it was cancelled, and anew for another task. */
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { qaFamily } from '../../tasks/qa/family';
import type { BaselinesCalls } from '../../worker/baselines-protocol';
import type { Ready } from '../../worker/protocol';
import type { BaselinesLine } from '../state/baselines-line';
import BaselinesView, { type BaselinesProps } from './baselines-view';
import { comparedRun } from './compared.fixture';

type Wanted = BaselinesCalls['playBaseline']['args'];

/** The worker's own code, which keeps what was asked; may be told to cancel. */
class Memories implements BaselinesLine {
  readonly played: Wanted[] = [];
  cancels = false;
  corrections = 0;
  async play({ method, task, ...part }: Wanted) {
    this.played.push({ method, task, ...part });
    return this.cancels ? undefined : comparedRun(method, task, { ...part, player: 'demonstrator' });
  }
  async cancel() {
    this.cancels = true;
  }
  playCorrections() {
    this.corrections++;
  }
  runEpisode() {}
  get methods() {
    return this.played.map(({ method }) => method);
  }
}

const READY = { model: { parameters: 820_608 } } as unknown as Ready;
const task = (seed: number, difficulty: 'revisions' | 'one-fact' = 'revisions') =>
  qaFamily.generate(seed, 'evaluation', difficulty);

let page: HTMLElement;
let line: Memories;
let root: ReturnType<typeof createRoot>;

async function show(part: Partial<BaselinesProps> = {}) {
  const props: BaselinesProps = {
    ready: READY,
    task: task(1),
    options: { adapter: 'none', dice: 1, reward: 'paper-appendix' },
    log: [],
    weights: '0/0',
    blocked: false,
    progress: null,
    line,
    ...part,
  };
  await act(async () => root.render(<BaselinesView {...props} />));
  await settle();
}

/** What was begun has come to its end. */
const settle = () => act(async () => new Promise<void>((resolve) => setTimeout(resolve, 200)));
const radio = (name: string) =>
  [...page.querySelectorAll<HTMLLabelElement>('.baselines-table label')]
    .find(({ textContent }) => textContent?.trim() === name)
    ?.querySelector('input');
const button = (name: string) =>
  [...page.querySelectorAll('button')].find(({ textContent }) => textContent === name);
const press = async (element: HTMLElement | null | undefined) => {
  await act(async () => element?.click());
  await settle();
};
const title = () => page.querySelector('.baselines-method h3')?.textContent;
const choose = async (at: number, value: string) => {
  const field = page.querySelectorAll('select')[at];
  await act(async () => {
    field.value = value;
    field.dispatchEvent(new Event('change', { bubbles: true }));
  });
  await settle();
};

beforeEach(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  page = document.body.appendChild(document.createElement('div'));
  root = createRoot(page);
  line = new Memories();
});

afterEach(async () => {
  await act(async () => root.unmount());
  page.remove();
});

test('one is played when the view opens, others when they are chosen, each once', async () => {
  await show();
  expect([line.methods, title()]).toEqual([['mem0'], 'Mem0']);
  await press(radio('RAG'));
  await press(radio('Mem0'));
  await press(radio('RAG'));
  expect([line.methods, title()]).toEqual([['mem0', 'rag'], 'RAG']);
  await press(button('Play all that are missing'));
  expect([...line.methods].sort()).toEqual(['a-mem', 'langmem', 'mem0', 'mem0-graph', 'no-memory', 'rag']);
  expect(button('Play all that are missing')).toBeUndefined();
  expect(page.textContent).not.toContain('not played yet');
});

test('kept while the task stays, played anew for another task, other dice, another manner', async () => {
  await show();
  // The same task opened again, its log longer.
  await show({ task: task(1), weights: '0/1' });
  expect(line.played).toHaveLength(1);
  await show({ task: task(2) });
  await show({ task: task(2), options: { adapter: 'none', dice: 2, reward: 'paper-appendix' } });
  expect(line.played.map((one) => [one.task.seed, one.dice])).toEqual([
    [1, 1],
    [2, 1],
    [2, 2],
  ]);
  await choose(1, 'before');
  expect(line.played.at(-1)?.placement).toBe('before');
  await choose(1, 'as-looked-up');
  expect(line.played).toHaveLength(4);
});

test('what was cancelled is not begun again unasked', async () => {
  line.cancels = true;
  await show();
  await show({ weights: '1/0' });
  expect(line.played).toHaveLength(1);
  expect(page.textContent).toContain('Mem0 has not been played on this task yet.');
  line.cancels = false;
  await press(button('Play Mem0'));
  expect(title()).toBe('Mem0');
  line.cancels = true;
  await press(button('Play all that are missing'));
  expect(line.played).toHaveLength(3);
});

test('while the model is busy nothing is begun; a model is asked for replies only by a press', async () => {
  await show({ blocked: true });
  expect(line.played).toEqual([]);
  await show();
  expect(line.methods).toEqual(['mem0']);
  await choose(0, 'model');
  expect(line.methods).toEqual(['mem0']);
  await press(button('Play Mem0'));
  expect(line.played.at(-1)?.replies).toBe('model');
});

test('the demonstrator is a script: no model is asked and no tool is called', async () => {
  await show({ options: { adapter: 'none', dice: 1, reward: 'paper-appendix', player: 'demonstrator' } });
  expect(line.played[0]).toMatchObject({ player: 'demonstrator', replies: 'rules' });
  const disabled = [...page.querySelectorAll('option')]
    .filter((one) => one.disabled)
    .map(({ value }) => value);
  expect(disabled).toEqual(['model', 'on-call']);
});

test('a task with corrections can be asked for where there are none', async () => {
  await show({ task: task(1, 'one-fact') });
  await press(button('Play a task with corrections'));
  expect(line.corrections).toBe(1);
});
