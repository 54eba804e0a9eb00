/** The model page as markup: names of its regions, every state of a card, and that nothing hostile becomes a tag. */
import { renderToStaticMarkup } from 'react-dom/server';
import { beforeEach, describe, expect, test } from 'vitest';
import { Home } from '../home/home';
import { AtHome } from '../home/home-view';
import { ModelsController } from './models-controller';
import { type LabNow, ModelsView } from './models-page';
import { BIG, listOfModels, QWEN, RecordedModels, SMOL } from './models-worker.fixture';
import { pickedFrom } from './picked-folder';

const IDLE: LabNow = { foreign: [], opening: null, works: false, trains: false };

let line: RecordedModels;
let models: ModelsController;

function markup(now: Partial<LabNow> = {}, home = new Home('site', null)): string {
  return renderToStaticMarkup(
    <AtHome home={home}>
      <ModelsView models={models} {...IDLE} {...now} />
    </AtHome>,
  );
}
const words = (html: string) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
const text = (now: Partial<LabNow> = {}) => words(markup(now));
/** The card of a model. */
function card(title: string, now: Partial<LabNow> = {}): string {
  const cards =
    markup(now).match(
      /<li class="model[ "][\s\S]*?(?=<li class="model[ "]|<\/ul><(?:\/section|details|\/details)>)/g,
    ) ?? [];
  return cards.find((html) => html.includes(`>${title}<`)) ?? '';
}

beforeEach(async () => {
  line = new RecordedModels();
  models = new ModelsController(line);
  await models.open();
});

test('before the worker answers the page says what it waits for; if it fails, what to do', async () => {
  models = new ModelsController(line);
  expect(text()).toContain('Reading the list of models …');
  line.failing = 'listModels';
  await models.open();
  expect(markup()).toContain('role="alert"');
  expect(text()).toContain('listModels is broken. Mend it. Try again');
});

test('its regions have names', () => {
  const found = [...markup().matchAll(/<h2 id="[^"]*">([^<]*)</g)].map(([, name]) => name);
  expect(found).toEqual([
    'Models of the lab&#x27;s engine',
    'Models of transformers.js',
    'Models of WebLLM',
    'Set-up',
    'Well-formed steps',
    'Add a model',
    'Room that models take',
    'Asked of other hosts in this visit',
  ]);
  expect(text()).not.toMatch(/undefined|NaN|\[object|Infinity/);
});

describe('a card', () => {
  test('says what it is and whom a download asks, before the button', () => {
    const html = words(card('Qwen3 0.6B'));
    expect(html).toContain('Qwen/Qwen3-0.6B @ c1899de');
    expect(html).toContain('596 million parameters');
    expect(html).toContain('bf16 · 1.5 GB');
    expect(html).toContain('Apache-2.0');
    expect(html.indexOf('Asks huggingface.co, cas-bridge.xethub.hf.co , and no other.')).toBeGreaterThan(0);
    expect(html.indexOf('and no other')).toBeLessThan(html.indexOf('Download 1.5 GB'));
  });

  test('says what memory it needs against what is granted, and what would fit', () => {
    const html = words(card('Qwen3 0.6B'));
    expect(html).toContain('To act 1.4 GB');
    expect(html).toContain('To train 5.2 GB ✗ more than is granted');
    expect(html).toContain('This device grants 4 GB.');
    expect(html).toContain('With an int8 base it needs 3.1 GB.');
    expect(words(card('SmolLM2 135M Instruct'))).toContain('does not say how much memory it grants');
    expect(words(card('SmolLM2 135M Instruct'))).not.toContain('To train');
  });

  test('says what it can and cannot do, and what this device lacks', () => {
    const html = words(card('Qwen2.5 7B Instruct'));
    expect(html).toContain('✓ acts – no log-probs – does not train ✓ can be held to the protocol');
    expect(html).toContain('This device lacks: Its kernels need the WebGPU feature shader-f16');
    expect(html).toContain('its files do not say');
    expect(html).toContain('Download about 4.3 GB');
    expect(html).toContain('How much memory it needs is known when its files have been read.');
  });

  test.each([
    [{ kind: 'absent' }, ['not here', 'Download 118 MB'], ['Use this model', 'Pause']],
    [
      {
        kind: 'downloading',
        storedBytes: 41e6,
        totalBytes: 118e6,
        bytesPerSecond: 2.3e6,
        file: 'onnx/model.onnx',
      },
      ['being downloaded', '35% · 41 MB of 118 MB · 2.3 MB a second', 'onnx/model.onnx', 'Pause', 'Cancel …'],
      ['Use this model', 'Download 118'],
    ],
    [
      { kind: 'partial', storedBytes: 0, totalBytes: 0, trouble: null },
      ['paused at 0 bytes', 'Go on'],
      ['0 bytes of 0', 'Use this model'],
    ],
    [
      { kind: 'partial', storedBytes: 41e6, totalBytes: 118e6, trouble: null },
      ['paused at 41 MB', 'Go on', 'Cancel …', 'Asks huggingface.co'],
      ['Use this model', 'Pause'],
    ],
    [
      {
        kind: 'partial',
        storedBytes: 41e6,
        totalBytes: 118e6,
        trouble: { code: 'network', message: 'The connection dropped.', whatToDo: 'Go on later.' },
      },
      ['stopped at 41 MB', 'The connection dropped. Go on later.', 'Go on'],
      ['Use this model'],
    ],
    [
      { kind: 'kept', storedBytes: 118e6 },
      ['✓ kept, usable offline', 'Use this model', 'Delete …'],
      ['Download 118', 'Asks'],
    ],
    [{ kind: 'here' }, ['✓ here until this tab closes', 'Use this model'], ['Download 118', 'Asks']],
  ] as const)('in state %o says it and offers what can be done', (state, shown, hidden) => {
    line.become(SMOL, state);
    const html = words(card('SmolLM2 135M Instruct'));
    for (const part of shown) expect(html).toContain(part);
    for (const part of hidden) expect(html).not.toContain(part);
  });

  test('of the model that acts offers neither to use nor to delete it', async () => {
    line.become(QWEN, { kind: 'kept', storedBytes: 1.5e9 });
    await models.use(QWEN);
    const html = card('Qwen3 0.6B');
    expect(words(html)).toContain('✓ acts now');
    expect(words(html)).not.toContain('Use this model');
    expect(html).toMatch(/<button[^>]*disabled=""[^>]*>Delete …/);
    expect(text()).toContain('Back to the bundled policy');
  });
});

describe('what holds a model back', () => {
  const button = /<button[^>]*disabled=""[^>]*>Use this model/;
  test('is said, and nothing can be opened meanwhile', () => {
    line.become(SMOL, { kind: 'kept', storedBytes: 118e6 });
    expect(card('SmolLM2 135M Instruct')).not.toMatch(button);
    for (const now of [{ works: true }, { trains: true }]) {
      expect(card('SmolLM2 135M Instruct', now)).toMatch(button);
    }
    expect(text({ trains: true })).toContain('Stop it before another one takes its place.');
  });

  test('while one is opened: how far it is, and a way out', () => {
    const html = markup({ opening: { text: 'Reading the weights', done: 3, total: 10 }, works: true });
    expect(html).toMatch(/<progress[^>]*value="3"[^>]*>|<progress[^>]*max="10"/);
    expect(words(html)).toContain('Reading the weights');
    expect(words(html)).toContain('Give up');
  });
});

test('where nothing is kept, a folder is what remains', () => {
  line.show({ keeps: false, quota: null });
  const html = markup({}, new Home('single-file', null));
  expect(words(html)).toContain('transformers.js and WebLLM are left out of it');
  expect(words(html)).toContain('works until this tab is closed');
  expect(html).toMatch(/<button[^>]*disabled=""[^>]*>Download 118 MB/);
  expect(html).not.toContain('Look it up');
  expect(words(card('SmolLM2 135M Instruct'))).not.toContain('Asks');
});

test('well-formed steps have counts, and none of what was not played', () => {
  expect(text()).toContain('Drawn freely no steps yet Held to the protocol no steps yet');
  const { active } = line.shelf;
  const wellFormed = { free: { steps: 48, wellFormed: 31 }, constrained: { steps: 12, wellFormed: 12 } };
  line.show({ active: { ...active, wellFormed } });
  expect(text()).toContain('Drawn freely 65% · 31 of 48 steps Held to the protocol 100% · 12 of 12 steps');
});

test('the set-up offers what the model knows, and nothing else', async () => {
  expect(text()).not.toContain('Thinking');
  await models.use(QWEN);
  expect(text()).toContain('Thinking');
  expect(text()).toContain('2.4 GB for the weights alone');
  line.become(BIG, { kind: 'kept', storedBytes: 4e9 });
  await models.use(BIG);
  expect(text()).not.toContain('for the weights alone');
  expect(text()).not.toContain('Thinking');
});

test('what was asked of others is listed, or that nothing was', () => {
  expect(text()).toContain('No other host was asked.');
  const foreign = [
    {
      at: 0,
      host: 'huggingface.co',
      address: 'https://huggingface.co/a/b',
      why: 'Its weights.',
      times: 3,
    },
  ];
  expect(text({ foreign })).toContain('huggingface.co https://huggingface.co/a/b Its weights. · 3 times');
});

test('what this device lacks something for is folded away, unless something of it is here', () => {
  const folded = () => words(/<details class="unfit">[\s\S]*?<\/details>/.exec(markup())?.[0] ?? '');
  expect(folded()).toContain('1 that this device lacks something for Qwen2.5 7B Instruct');
  line.become(BIG, { kind: 'partial', storedBytes: 1, totalBytes: 2, trouble: null });
  expect(folded()).toBe('');
  expect(words(card('Qwen2.5 7B Instruct'))).toContain('Go on');
});

test('hostile names stay text', async () => {
  const hostile = '<img src=x onerror=alert(1)></h3><script>';
  const [first, ...others] = listOfModels();
  line.show({
    models: [{ ...first, title: hostile, name: hostile, licence: hostile, quantisation: hostile }, ...others],
    active: { ...line.shelf.active, title: hostile },
  });
  line.become(SMOL, {
    kind: 'downloading',
    storedBytes: 1,
    totalBytes: 2,
    bytesPerSecond: null,
    file: hostile,
  });
  await models.pick(pickedFrom([new File(['x'], hostile)]));
  expect(markup()).not.toMatch(/<img|<script/);
});
