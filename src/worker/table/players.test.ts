/** Under what name results are kept, on the policy of the site: other rules, weights, setup or device have another. */
import { beforeEach, expect, test } from 'vitest';
import { openPolicy, weightsFingerprint } from '../../cli/open-policy';
import type { Backend } from '../../engine/backend';
import { WasmBackend } from '../../engine/wasm/wasm-backend';
import { ENVIRONMENT_IDS, type MethodId } from '../../evidence/cell-lines';
import { NgramEmbedder } from '../../memory/embedders/ngram-embedder';
import { METHOD_IDS, TABLE_VERSION } from '../../rl/reproduce/cells';
import { playSeed, variantOf } from '../../rl/reproduce/play-cell';
import { xxHash32 } from '../../storage/fast-checksum';
import { canonicalJson } from '../../storage/json-sum';
import { losing } from '../losing-device.fixture';
import { LabModels } from '../models';
import { siteFolders } from '../site-files';
import type { TablePlayer } from '../table-protocol';
import type { Kept } from '../training-session';
import { siteOnDisk } from './lab-with-table.fixture';
import { cellSettings } from './play-seed';
import { actingFor, expertActing, playerHere } from './players';

const LORA: Kept['lora'] = { r: 2, alpha: 4, rslora: false, targetModules: ['q_proj'] };
const PLAYER: TablePlayer = {
  reader: 'model',
  adapter: 'shipped',
  baselinesTrained: false,
  replies: 'rules',
};
const TRAINED: TablePlayer = { ...PLAYER, adapter: 'trained' };

let gone = false;
let models: LabModels;
let trained: Kept | null;

beforeEach(async () => {
  gone = false;
  trained = null;
  models = await LabModels.open(
    {
      folders: siteFolders({ site: 'http://localhost/', files: siteOnDisk() }),
      decode: 'fused',
      tell: () => {},
    },
    losing(await WasmBackend.create(), () => gone),
    () => {},
  );
});

const acting = (method: MethodId, player: TablePlayer = PLAYER) =>
  actingFor(method, player, { models, trained: () => trained }, 4);

test('variants of the same weights are kept apart by their rules', () => {
  expect(acting('agemem').identity).toBe(acting('agemem').identity);
  const names = ['agemem', 'agemem-rag', 'agemem-no-rl', 'no-tools', 'lt'] as const;
  expect(new Set(names.map((method) => acting(method).identity)).size).toBe(names.length);
});

test('the adapter is known by its numbers, read off no device, and another one is noticed', async () => {
  models.adopt(await models.withNewAdapter(LORA, 1));
  gone = true;
  const after = (first: number): Kept => ({
    lora: LORA,
    seed: 1,
    adapter: {
      params: new Float32Array([first, 0.5]),
      m: new Float32Array(2),
      v: new Float32Array(2),
      updates: 1,
    },
  });
  trained = { lora: LORA, seed: 1, adapter: null };
  const before = acting('agemem', TRAINED);
  const shipped = acting('agemem');
  expect(before.changed()).toBe(null);
  trained = after(0.25);
  expect(before.changed()).toBe('weights');
  expect(shipped.changed()).toBe(null);
  const one = acting('agemem', TRAINED);
  trained = after(0.25);
  const same = acting('agemem', TRAINED);
  trained = after(0.125);
  const other = acting('agemem', TRAINED);
  expect(same.identity).toBe(one.identity);
  expect(new Set([shipped, before, one, other].map(({ identity }) => identity)).size).toBe(4);
});

test('another setup and another kind of device are noticed; another device of the same kind is not', async () => {
  const first = acting('agemem');
  await models.moveTo(await WasmBackend.create());
  expect(first.changed()).toBe(null);
  const elsewhere = await WasmBackend.create();
  await models.moveTo(
    new Proxy<Backend>(elsewhere, {
      get: (target, key) => {
        if (key === 'info') return { ...target.info, device: 'another kind of device' };
        const value = Reflect.get(target, key, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    }),
  );
  expect(first.changed()).toBe('device');
  const second = acting('agemem');
  expect(second.identity).not.toBe(first.identity);
  models.setUp({ ...models.active.setup, temperature: 0.5 });
  expect(second.changed()).toBe('model');
});

test('weights are told as the command tells them, so that lines of both can be held against each other', async () => {
  const nowOf = (method: MethodId, player: TablePlayer = PLAYER) => {
    const found = playerHere(method, player, models);
    return found.kind === 'here' ? found.now : null;
  };
  const command = async (adapter?: string) =>
    weightsFingerprint(await openPolicy({ model: 'public/policy', backend: 'reference', adapter }));
  const backend = models.backend.info.device;
  expect(nowOf('agemem-no-rl')).toEqual({ version: TABLE_VERSION, backend, weights: await command() });
  expect(nowOf('agemem')?.weights).toBe(await command('public/adapter'));
  expect(nowOf('mem0', { ...PLAYER, baselinesTrained: true })?.weights).toBe(nowOf('agemem')?.weights);
  models.adopt(await models.withNewAdapter(LORA, 1));
  expect(nowOf('agemem', TRAINED)?.weights).toBeNull();
  expect(nowOf('mem0', { ...PLAYER, reader: 'expert' })).toEqual({
    version: TABLE_VERSION,
    backend: 'none',
    weights: null,
  });
});

/** Of figures under each version of the table; a new line is added when the version is raised. */
const FIGURES: Readonly<Record<number, number>> = {
  2: 3_058_788_617,
  3: 3_344_474_468,
  4: 435_430_545,
  5: 1_664_202_709,
  // What counts of a world that a limit cut off; from here on one such cell is among the figures.
  6: 3_174_462_857,
};

test('figures of the experts are those of this version: raise `TABLE_VERSION` where they change', async () => {
  const played = [];
  const embedder = new NgramEmbedder();
  const expert = expertActing(2);
  for (const method of METHOD_IDS.filter((id) => variantOf(id) === null)) {
    for (const environment of ENVIRONMENT_IDS) {
      const settings = cellSettings(expert, expert.policy(), embedder, 2);
      played.push([method, environment, await playSeed(method, environment, 1, settings)]);
    }
  }
  // In so small a window the state that gripper tells after each action soon fits no more.
  const small = { ...expert, episode: { ...expert.episode, hardPromptTokens: 400 } };
  const cut = await playSeed('mem0', 'pddl', 1, cellSettings(small, small.policy(), embedder, 8));
  expect(cut['does-not-fit'] * cut.score).toBeGreaterThan(0);
  played.push(['mem0', 'pddl, cut off', cut]);
  const sum = xxHash32(new TextEncoder().encode(canonicalJson(played)));
  expect(sum).toBe(FIGURES[TABLE_VERSION]);
});
