/** What the table asks of the worker when the adapter of the tab is another, and what it says of whose numbers it shows. */
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { page as window } from 'vitest/browser';
import evidence from '../../../docs/evidence/reproduce-quick.jsonl?raw';
import type { CellPlayer, CellSeed, TableChoice, TableFacts } from '../../worker/table-protocol';
import type { TableArgs, TableCallName, TableLine } from '../state/table-line';
import { readCells } from './cells';
import TableView, { type TableProps } from './table-view';

const [CELL] = readCells(evidence).filter(({ method, metric }) => method === 'agemem' && metric === 'score');

/** Answers as the worker does of one cell; lines may be held back. */
class Worker {
  readonly asked: { readonly name: TableCallName; readonly args: unknown }[] = [];
  held: Promise<void> = Promise.resolve();
  player: CellPlayer = { kind: 'needs-weights' };
  seeds: readonly CellSeed[] = [];
  trainedAs: TableFacts['trainedAs'] = 'trained';
  private async answer(name: TableCallName, args: unknown): Promise<unknown> {
    this.asked.push({ name, args });
    if (name === 'tableFacts') {
      return {
        methods: [{ id: 'agemem', playable: { kind: 'yes' } }],
        environments: ['qa'],
        model: 'the model',
        trainedAs: this.trainedAs,
        adapters: ['shipped', 'trained'],
        state: { kind: 'idle' },
      };
    }
    if (name === 'tableLines') {
      await this.held;
      return [CELL];
    }
    return name === 'cellEpisodes' ? { seeds: this.seeds, player: this.player } : [];
  }
  readonly acts: string[] = [];
  readonly line = {
    call: (name: TableCallName, args: TableArgs<TableCallName>) => this.answer(name, args),
    listen: () => () => undefined,
    act: async (id: string) => void this.acts.push(id),
  } as unknown as TableLine;
  of<Args>(name: TableCallName): readonly Args[] {
    return this.asked.filter((one) => one.name === name).map(({ args }) => args as Args);
  }
}

let place: HTMLElement;
let root: ReturnType<typeof createRoot>;
let worker: Worker;

const settle = () => act(async () => new Promise<void>((resolve) => setTimeout(resolve, 150)));
async function show(part: Partial<TableProps> = {}) {
  const props: TableProps = {
    line: worker.line,
    model: 'policy',
    weights: 'true 1/3',
    blocked: false,
    progress: null,
    ...part,
  };
  await act(async () => root.render(<TableView {...props} />));
  await settle();
}
const button = (name: RegExp) => {
  const found = [...place.querySelectorAll('button')].find(({ textContent }) => name.test(textContent ?? ''));
  if (!found) throw new Error(`There is no button ${name}.`);
  return found;
};

beforeEach(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  worker = new Worker();
  place = document.body.appendChild(document.createElement('div'));
  root = createRoot(place);
});
afterEach(async () => {
  await act(async () => root.unmount());
  place.remove();
});

test('another adapter of the tab: its lines are asked for, not those of the last', async () => {
  await show();
  const before = worker.of('tableLines').length;
  await show({ blocked: true });
  expect(worker.of('tableLines')).toHaveLength(before);
  await show({ weights: 'true 2/3' });
  expect(worker.of('tableLines')).toHaveLength(before + 1);
});

test('while lines of another player are on their way, a cell is opened as whoever played it', async () => {
  await show();
  let arrive = () => {};
  worker.held = new Promise((resolve) => {
    arrive = resolve;
  });
  await act(async () => button(/Choose what to play/).click());
  const actor = [...place.querySelectorAll('select')].find(({ labels }) =>
    labels[0]?.textContent?.includes('Who acts'),
  );
  if (!actor) throw new Error('There is no choice of who acts.');
  const choose = Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'value')?.set;
  await act(async () => {
    choose?.call(actor, 'trained');
    actor.dispatchEvent(new Event('change', { bubbles: true }));
  });
  await settle();
  const opened = () => worker.of<{ readonly by?: TableChoice }>('cellEpisodes').at(-1)?.by?.reader;
  await act(async () => button(/^here/).click());
  await settle();
  expect(opened()).toBe('expert');
  arrive();
  await settle();
  await act(async () => button(/^here/).click());
  await settle();
  expect(opened()).toBe('model');
});

test('who acts with an adapter that was trained as a variant is not called AgeMem', async () => {
  const actors = () => [...place.querySelectorAll('option')].map(({ textContent }) => textContent);
  await show();
  await act(async () => button(/Choose what to play/).click());
  expect(actors()).toContain('the model, AgeMem with the shipped adapter');
  worker.trainedAs = 'answer-only';
  await show({ model: 'another' });
  expect(actors()).toContain('the model, with that adapter');
  expect(actors()).not.toContain('the model, AgeMem with the shipped adapter');
});

test('remarks about recorded runs are not made of a file that is opened here', async () => {
  const bundled = 'The bundled policy reads people, 208 tokens at a time';
  const once = 'AgeMem here is one adapter, trained once';
  const alike = 'what parts them is LangMem’s running summary';
  await show();
  expect(place.textContent).toContain(bundled);
  expect(place.textContent).not.toContain(once);
  expect(place.textContent).toContain(alike);
  await act(async () => window.elementLocator(place).getByLabelText('Read by').selectOptions('quick'));
  await settle();
  expect(place.textContent).toContain(once);
  const file = new File([evidence], 'table.jsonl');
  await act(async () =>
    window.elementLocator(place).getByLabelText('Lines of a table from a file').upload(file),
  );
  await settle();
  expect(place.textContent).not.toContain(bundled);
  expect(place.textContent).not.toContain(once);
  expect(place.textContent).not.toContain(alike);
});

test('an episode that was cut off says so beside what it reached', async () => {
  const task = { family: 'pddl', split: 'evaluation', difficulty: 'mix', seed: 1 } as const;
  const episodes = [
    { number: 1, task, dice: 1, score: 0.25, reason: 'hard-context' },
    { number: 2, task, dice: 2, score: null, reason: 'hard-rounds' },
    { number: 3, task, dice: 3, score: 0.5, reason: 'environment-done' },
  ];
  worker.seeds = [{ seed: CELL.seeds[0], episodes }];
  await show();
  await act(async () => button(/^\s*\d/).click());
  await settle();
  expect(place.textContent).toContain('Episode 1: 0.25, the prompt does not fit');
  expect(place.textContent).toContain('Episode 2: 0, too many steps in a stage');
  expect(place.textContent).toMatch(/Episode 3: 0\.5(?!,)/);
});

test('who closes the episodes of a cell by keyboard is back at the cell', async () => {
  await show();
  const cell = button(/^\s*\d/);
  await act(async () => cell.click());
  await settle();
  const close = button(/^Close$/);
  close.focus();
  await act(async () => close.click());
  await settle();
  expect(document.activeElement).toBe(cell);
  expect(cell.getAttribute('aria-expanded')).toBe('false');
});

test('once the model that was asked to act does, the seed is a key away; who went elsewhere stays there', async () => {
  const elsewhere = document.body.appendChild(document.createElement('button'));
  const by = { reader: 'model', adapter: 'shipped', baselinesTrained: false, replies: 'rules' } as const;
  const now = { version: 1, backend: 'none', weights: null };
  const letAct = async (model: string, meanwhile: () => void) => {
    worker.player = { kind: 'needs-model', id: 'other', title: 'The other' };
    await show({ model: `${model} before` });
    const asks = button(/^Let it act$/);
    asks.focus();
    await act(async () => asks.click());
    await show({ model: `${model} before`, blocked: true });
    expect(document.activeElement).toBe(document.body);
    meanwhile();
    worker.player = { kind: 'here', player: by, variant: null, now };
    await show({ model, blocked: true });
    await show({ model });
  };
  worker.seeds = [{ seed: CELL.seeds[0], episodes: [] }];
  await show();
  await act(async () => button(/^\s*\d/).click());
  await settle();
  await letAct('one', () => undefined);
  expect(worker.acts).toEqual(['other']);
  expect(document.activeElement).toBe(button(/^Play this seed again$/));
  await letAct('two', () => elsewhere.focus());
  expect(document.activeElement).toBe(elsewhere);
  elsewhere.remove();
});
