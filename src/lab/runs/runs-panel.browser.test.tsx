/** What the list of runs does about the run on view, and which list it shows when several answers are under way. */
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunFacts, RunList } from '../../worker/runs-protocol';
import type { RunsLine } from '../state/runs-line';
import RunsPanel from './runs-panel';

const run = (id: string): RunFacts => ({
  id,
  name: `Run ${id}`,
  begun: 1,
  savedAt: 2,
  baseName: 'policy',
  here: true,
  settings: {
    preset: 'lab',
    steps: 3,
    tasksPerStep: 1,
    groupSize: 2,
    lr: 1e-2,
    seed: 1,
    advantageMode: 'broadcast',
    reward: 'paper-appendix',
    evaluateEvery: 0,
    taskSet: '',
  },
  steps: 1,
  heldOut: null,
  rollouts: 1,
  bytes: 1000,
});
const listOf = (ids: readonly string[], onView: string | null): RunList => ({
  runs: ids.map(run),
  damaged: [],
  onView: onView !== null && ids.includes(onView) ? onView : null,
  kept: true,
});

/** A worker that has runs `a` and `b`; which is on view says the test. */
class Runs implements RunsLine {
  kept: readonly string[] = ['a', 'b'];
  private before: readonly string[] = [];
  readonly opened: string[] = [];
  /** While it is a promise, readings of the list wait for it with what they have found. */
  hold: Promise<void> | null = null;
  readings = 0;

  constructor(readonly onView: string) {}

  readonly call = (async (name: string, args: { readonly id: string }) => {
    if (name === 'deleteRun') {
      this.before = this.kept;
      this.kept = this.kept.filter((id) => id !== args.id);
    }
    if (name === 'restoreRun') this.kept = this.before;
    const found = listOf(this.kept, this.onView);
    if (name === 'listRuns') {
      this.readings++;
      await this.hold;
    }
    return found;
  }) as RunsLine['call'];
  gone() {}
  async open(id: string) {
    this.opened.push(id);
    return true;
  }
}

let page: HTMLElement;
let draw: (line: RunsLine, moment?: string) => Promise<void>;
let unmount: () => void;

const button = (name: string | RegExp, within: ParentNode = page) =>
  [...within.querySelectorAll('button')].find(({ textContent }) => textContent?.trim().match(name));
const press = (name: string | RegExp, within?: ParentNode) => act(async () => button(name, within)?.click());
const card = (id: string) =>
  [...page.querySelectorAll('.run-card')].find((one) => one.textContent?.includes(`Run ${id}`)) as Element;
const headings = () => [...page.querySelectorAll('.run-card h3')].map(({ textContent }) => textContent);

beforeEach(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  page = document.body.appendChild(document.createElement('div'));
  const root = createRoot(page);
  unmount = () => root.unmount();
  draw = (line, moment = '') =>
    act(async () =>
      root.render(
        <RunsPanel
          line={line}
          moment={moment}
          active={false}
          running={false}
          blocked={false}
          noRoom={false}
          onContinue={() => undefined}
          onPlay={() => undefined}
        />,
      ),
    );
});

afterEach(async () => {
  await act(async () => unmount());
  page.remove();
});

async function deleteRun(id: string): Promise<void> {
  await press(/^Delete …/, card(id));
  await press('Delete this run', card(id));
}

test('a deletion taken back leaves another run on view alone: its last step may not be saved', async () => {
  const line = new Runs('a');
  await draw(line);
  await deleteRun('b');
  expect(headings()).toEqual(['Run aon view']);
  await press('Take back the deletion of Run b');
  expect(headings()).toEqual(['Run aon view', 'Run b']);
  expect(line.opened).toEqual([]);
});

test('the run on view, deleted and taken back, is on view with all that is saved of it', async () => {
  const line = new Runs('a');
  await draw(line);
  await deleteRun('a');
  await press('Take back the deletion of Run a');
  expect(line.opened).toEqual(['a']);
});

test('a reading that is older than an act does not bring back what the act took away', async () => {
  const line = new Runs('a');
  await draw(line);
  let release = () => {};
  line.hold = new Promise((resolve) => {
    release = resolve;
  });
  // A step was saved: the list is read, and the answer takes its time.
  await draw(line, 'another moment');
  await deleteRun('b');
  expect(headings()).toEqual(['Run aon view']);
  line.hold = null;
  const before = line.readings;
  await act(async () => release());
  expect(headings()).toEqual(['Run aon view']);
  expect(line.readings).toBe(before + 1);
});
