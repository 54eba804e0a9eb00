/** The page as markup, from real episodes: names of regions and buttons, and that nothing is left blank. */
import { renderToStaticMarkup } from 'react-dom/server';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FromWorker, Ready, ToWorker, TrainingSettings } from '../worker/protocol';
import { callChanges } from './episode/call-change';
import { viewFrame } from './episode/frame-view';
import { framesOf } from './episode/frames';
import { InsideTokenView } from './episode/inside-token';
import { KernelTable } from './episode/kernel-table';
import { PolicyPanel } from './episode/policy-panel';
import { type Recorded, recordEpisode, recordGroup } from './episode/recorded.fixture';
import { RewardsPanel } from './episode/rewards-panel';
import { ShortTermPanel } from './episode/stm-panel';
import { GroupPanel } from './group/group-panel';
import { AS_PLAYED } from './group/group-state';
import { Lab } from './lab';
import { DEFAULT_ADDRESS } from './state/address';
import { LabController } from './state/controller';

const REGIONS = [
  'Policy output',
  'Short-term memory',
  'Long-term memory',
  'Rewards',
  'A model as judge',
  'Inside',
  'Group',
  'What if',
  'Memories compared',
  'Your own data',
  'Training',
  'The table',
];
const BUTTONS = ['Step', 'Run episode', 'Run group', 'Train', 'Pause', 'Stop', 'Reset'];

/** As much of it as the state looks at. */
const READY = { presets: [], model: { hasTrainedAdapter: false } } as unknown as Ready;

let recorded: Recorded;
beforeAll(async () => {
  recorded = await recordEpisode({ seed: 2, perfect: true });
});

/** Names of the regions, through the headings that label them. */
function regions(html: string): string[] {
  return [...html.matchAll(/<section[^>]*aria-labelledby="([^"]+)"/g)].map(([, id]) => {
    const heading = html.match(new RegExp(`<h2 id="${id}">([^<]*)</h2>`));
    return heading?.[1] ?? `no heading for ${id}`;
  });
}

const buttons = (html: string) =>
  [...html.matchAll(/<button[^>]*>(.*?)<\/button>/g)].map(([, inner]) =>
    inner.replace(/<[^>]*>/g, '').trim(),
  );

/** Symbols as plain text, without the buttons that explain them. */
const withoutNotes = (html: string) =>
  html
    .replace(/<button[^>]*class="term"[^>]*>([^<]*)<\/button>/g, '$1')
    .replace(/<span[^>]*class="term-note"[^>]*><\/span>/g, '');

/** A page whose worker is the given function. */
function page(answer: (message: ToWorker, say: (reply: FromWorker) => void) => void): LabController {
  let say: (reply: FromWorker) => void = () => undefined;
  return new LabController({
    port: {
      postMessage: (message) => answer(message, say),
      addEventListener: (type: string, listener: (event: never) => void) => {
        if (type === 'message') say = (data) => listener({ data } as never);
      },
    },
    address: DEFAULT_ADDRESS,
    site: 'http://localhost/',
    showAddress: () => undefined,
  });
}

test('while loading, every region and button is there and the page says what it waits for', () => {
  const html = renderToStaticMarkup(<Lab lab={page(() => undefined)} />);
  expect(regions(html)).toEqual(REGIONS);
  for (const name of BUTTONS) expect(buttons(html).filter((found) => found === name)).toEqual([name]);
  expect(html).toContain('Starting the worker');
});

test('a worker that refuses to start leaves a sentence and a next step, and no dead end', async () => {
  const lab = page((message, say) =>
    say({
      kind: 'error',
      id: message.id,
      error: {
        code: 'device-unavailable',
        message: 'No WebGPU here.',
        whatToDo: 'Open it without backend=.',
      },
    }),
  );
  Object.assign(globalThis, {
    window: { location: { href: 'http://localhost/', search: '?backend=webgpu' } },
  });
  try {
    await lab.start();
    const html = renderToStaticMarkup(<Lab lab={lab} />);
    expect(html).toContain('role="alert"');
    expect(html).toContain('No WebGPU here.');
    expect(html).toContain('Open it without backend=.');
    expect(html).toContain('Let the lab choose the back end');
  } finally {
    Reflect.deleteProperty(globalThis, 'window');
  }
});

test('a run that the worker refuses leaves the curves and the checkpoint of the one before', async () => {
  const settings = { preset: 'lab', steps: 3 } as TrainingSettings;
  const checkpoint = { savedAt: 1, settings, steps: 1, metrics: [{ step: 1 }], norms: [] };
  const error = { code: 'TrainingConfigError', message: 'No.', whatToDo: 'Change it.' };
  let agrees = false;
  const lab = page(({ id, call }, say) => {
    if (call === 'init')
      say({ kind: 'result', id, call, result: { ...READY, checkpoint } as unknown as Ready });
    else if (call === 'listMemory') say({ kind: 'result', id, call, result: [] });
    else if (call === 'train' && agrees) say({ kind: 'result', id, call, result: null });
    else say({ kind: 'error', id, error });
  });
  await lab.start();
  const before = lab.state().training;
  expect(before).toMatchObject({ checkpoint, metrics: checkpoint.metrics });
  await lab.train(settings);
  expect(lab.state().training).toEqual(before);
  expect(lab.state().trouble).toMatchObject({ error });
  await lab.continueTraining();
  expect(lab.state().training).toEqual(before);
  agrees = true;
  await lab.train(settings);
  expect(lab.state().training).toMatchObject({ checkpoint: null, metrics: [] });
});

test('on start the first task is opened and stepped, without a click', async () => {
  const calls: string[] = [];
  const lab = page((message, say) => {
    calls.push(message.call);
    const { id, call } = message;
    if (call === 'init') say({ kind: 'result', id, call, result: READY });
    if (call === 'listMemory') say({ kind: 'result', id, call, result: [] });
    if (call === 'openEpisode') {
      const { options } = message.args;
      const events = recorded.log.slice(0, 4);
      say({ kind: 'news', news: { kind: 'episode-events', episodeId: 'e1', events } });
      say({
        kind: 'result',
        id,
        call,
        result: { episodeId: 'e1', task: recorded.task, options, distractors: null },
      });
    }
    if (call === 'stepEpisode') {
      say({ kind: 'news', news: { kind: 'episode-events', episodeId: 'e1', events: recorded.log.slice(4) } });
      say({ kind: 'result', id, call, result: { episodeId: 'e1', done: true, reward: recorded.reward } });
    }
  });
  await lab.start();
  expect(calls).toEqual(['init', 'listMemory', 'openEpisode', 'stepEpisode', 'earnMore']);
  expect(lab.state()).toMatchObject({ busy: null, trouble: null, cursor: null });
  expect(lab.state().episode).toMatchObject({ log: recorded.log, done: true, reward: recorded.reward });
});

describe('panels of a real episode', () => {
  const frames = () => framesOf(recorded.log);
  const markup = (index: number) => {
    const view = viewFrame(recorded.log, frames()[index]);
    return renderToStaticMarkup(
      <>
        <PolicyPanel
          view={view}
          streaming={[]}
          changes={callChanges(recorded.log, frames()[index])}
          token={null}
          onAsk={null}
          blocked={false}
        />
        <ShortTermPanel view={view} />
      </>,
    );
  };

  test('each step shows its prompt, what was written and what came of it', () => {
    for (const frame of frames()) {
      const html = markup(frame.index);
      if (frame.kind === 'reset') expect(html).toContain('the context is emptied');
      else expect(html).toContain('It is understood as');
    }
  });

  test('the budget shows the tokens the agent counted', () => {
    for (const frame of frames()) {
      const prompt = recorded.log.find((event) => event.type === 'prompt' && event.seq >= frame.from);
      if (prompt?.type !== 'prompt' || prompt.seq >= frame.to) continue;
      expect(withoutNotes(markup(frame.index))).toMatch(/<strong>\d+<\/strong> of \d+ tokens \(T_max\)/);
    }
  });

  test('the reward table has a row for each part, with its number and formula', () => {
    const html = withoutNotes(
      renderToStaticMarkup(
        <RewardsPanel reward={recorded.reward} advice={[]} frames={frames()} onShow={() => undefined} />,
      ),
    );
    for (const part of recorded.reward.explanation) {
      const row = html
        .split('<tr')
        .find((text) => text.includes(`>${part.name}</th>`) || text.includes(`span>${part.name}`));
      expect(row, part.name).toBeDefined();
      expect(row).toContain(
        part.formula.replaceAll('"', '&quot;').replaceAll('>', '&gt;').replaceAll('<', '&lt;'),
      );
    }
    expect(buttons(html).some((name) => /^show moment \d+$/.test(name))).toBe(true);
  });
});

test('the inside of a token names the strongest places of each head; a device without a clock says so', () => {
  const look = {
    context: ['a', 'b', ' c', '\n', 'd'],
    promptTokens: 4,
    written: { id: 7, text: 'x', logit: 2, probability: 0.75 },
    candidates: [
      { id: 7, text: 'x', logit: 2, probability: 0.75 },
      { id: 8, text: 'y', logit: -6, probability: 0.0003 },
    ],
    temperature: 1,
    layer: 0,
    attention: [
      [0.5, 0.3, 0.1, 0.06, 0.04],
      [0, 0, 0, 0, 1],
    ],
    deltas: [],
    intermediates: [],
  } as const;
  const text = (html: string) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
  const shown = text(renderToStaticMarkup(<InsideTokenView look={look} at={0} total={3} />));
  expect(shown).toContain('Token 1 of 3, x , layer 1');
  expect(shown).toContain('x ← written 75% 2 y &lt; 0.1% −6');
  expect(shown).toMatch(/head 1 50% a \(1\) 30% b \(2\) 10% ␣c \(3\) 6% ↵ \(4\) head 2 100% d \(5\)/);
  expect(shown).toContain('4 tokens of prompt, then 1 token it wrote. The darkest got 52% of the attention.');
  expect(shown).toContain('No adapter plays');
  const pass = {
    tokens: 5,
    submits: 1,
    wallMs: 2,
    kernels: [{ kernel: 'linear', calls: 28, ms: null, bytes: 4000, flops: 1 }],
  };
  const table = text(renderToStaticMarkup(<KernelTable pass={pass} />));
  expect(table).toContain('5 tokens, 28 calls, 1 submit');
  expect(table).toContain('no clock for single kernels');
  expect(table).toContain('linear 28 – 4');
});

test('a group without spread is explained', async () => {
  const group = await recordGroup({ seed: 4, perfect: true }, 3);
  const { reward } = group.rollouts[0];
  const equal = {
    ...group,
    rollouts: group.rollouts.map((rollout) => ({ ...rollout, reward, advantage: 0 })),
    statistics: { ...group.statistics, mean: reward.total, std: 0, zeroSpread: true },
  };
  const html = renderToStaticMarkup(
    <GroupPanel
      group={equal}
      look={AS_PLAYED}
      size={8}
      onSize={() => undefined}
      latest={null}
      blocked={false}
      progress={null}
      forking={null}
      onRun={() => undefined}
      onRegroup={() => undefined}
      onFork={() => undefined}
      onCancel={() => undefined}
    />,
  );
  expect(html).toContain('teaches nothing');
});
