/**
 * The export of a real run of a tiny policy: files, their fields against what both projects document, Python against the
 * lab's own formulas and episodes, and the way of the adapter out and in again.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TOOL_SCHEMAS } from '../../agent/tool-schemas';
import { ADAPTER_CONFIG_FILE, ADAPTER_WEIGHTS_FILE } from '../../engine/model/peft';
import { readZip } from '../../memory/exchange/zip-file';
import { PRESETS } from '../../rl/presets';
import type { Task } from '../../tasks/task';
import { code, LabLife, SETTINGS, TestStore } from '../lab-life.fixture';
import { type ServedSite, serveTinyPolicy } from '../served-policy.fixture';
import { exportTasks } from './export-tasks';
import { PYTHON, runPython, withPython } from './python.fixture';
import { misfits } from './schema.fixture';
import { trinityConfig, trinityContinuation } from './trinity-config';
import { TRINITY_SCHEMA } from './trinity-schema.fixture';
import { trlConfig } from './trl-config';
import { TRL_SCHEMA } from './trl-schema.fixture';
import { writeYaml } from './yaml';
import { readYaml } from './yaml-reader.fixture';

let site: ServedSite;
let life: LabLife;
let id = '';
let zip: Uint8Array;
let files: ReadonlyMap<string, Uint8Array>;
let played: readonly Task[];
/** The zip, unpacked, for Python. */
let folder = '';

const ROOT = 'two-steps-at-scale/';
const text = (name: string) => new TextDecoder().decode(files.get(name));
const rows = (name: string) =>
  text(name)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const bytesOf = async (data: Blob) => new Uint8Array(await data.arrayBuffer());
const asExported = { train: null, heldOut: null };

beforeAll(async () => {
  site = await serveTinyPolicy();
  life = new LabLife(site.address, new TestStore());
  await life.open();
  await life.train({ ...SETTINGS, steps: 2, tasksPerStep: 2 });
  played = life.steps.map(({ group }) => group.task);
  [{ id }] = (await life.call.listRuns({})).runs;
  await life.call.renameRun({ id, name: 'Two steps' });
  zip = await bytesOf((await life.call.exportForScale({ id, ...asExported })).data);
  const entries = Object.entries(unzipSync(zip));
  files = new Map(entries.map(([name, bytes]) => [name.slice(ROOT.length), bytes]));
  folder = mkdtempSync(join(tmpdir(), 'at-scale-'));
  for (const [name, bytes] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await site.close();
});

describe('the export for training at scale', () => {
  it('is one folder, the same bytes each time', async () => {
    expect(Object.keys(unzipSync(zip)).every((name) => name.startsWith(ROOT))).toBe(true);
    expect([...files.keys()].sort()).toEqual([
      'README.md',
      `adapter/${ADAPTER_CONFIG_FILE}`,
      `adapter/${ADAPTER_WEIGHTS_FILE}`,
      'prompts/bundled.txt',
      'prompts/instruction.txt',
      'prompts/tool-agent.txt',
      'reward.json',
      'tasks/held-out.jsonl',
      'tasks/train.jsonl',
      'tools/openai.json',
      'trinity/README.md',
      'trinity/continue_adapter.yaml',
      'trinity/plugins/agemem_workflow.py',
      'trinity/step_wise_grpo.yaml',
      'trinity/tasks/test.jsonl',
      'trinity/tasks/train.jsonl',
      'trl/README.md',
      'trl/agemem_episode.py',
      'trl/agemem_rules.py',
      'trl/environment.py',
      'trl/grpo.yaml',
      'trl/rewards.py',
      'trl/train.py',
    ]);
    const again = await life.call.exportForScale({ id, ...asExported });
    expect({ file: again.file, train: again.train, heldOut: again.heldOut }).toEqual({
      file: 'two-steps-at-scale.zip',
      train: 4,
      heldOut: 32,
    });
    expect(await bytesOf(again.data)).toEqual(zip);
  });

  it('has the tasks the run played, and held-out ones that are none of them', async () => {
    const train = rows('tasks/train.jsonl');
    expect(train).toHaveLength(4);
    // The page is shown the first group of each step.
    expect([train[0], train[2]]).toEqual(JSON.parse(JSON.stringify(played)));
    const heldOut = rows('tasks/held-out.jsonl');
    expect(heldOut.every(({ split }) => split === 'evaluation')).toBe(true);
    const flat = rows('trinity/tasks/train.jsonl');
    expect(flat.map(({ task }) => JSON.parse(task as string) as unknown)).toEqual(train);
    for (const row of [...flat, ...rows('trinity/tasks/test.jsonl')]) {
      expect(Object.entries(row).map(([key, of]) => [key, typeof of])).toEqual(
        ['id', 'question', 'answer', 'task'].map((key) => [key, 'string']),
      );
    }
    const more = await life.call.exportForScale({ id, train: 7, heldOut: 0 });
    const other = unzipSync(await bytesOf(more.data));
    const longer = new TextDecoder().decode(other[`${ROOT}tasks/train.jsonl`]);
    expect(longer.split('\n')).toHaveLength(8);
    expect(longer.startsWith(text('tasks/train.jsonl'))).toBe(true);
    expect(other[`${ROOT}tasks/held-out.jsonl`]).toHaveLength(0);
    for (const train of [0, 1.5, 10_001, Number.NaN]) {
      expect(await code(life.call.exportForScale({ id, train, heldOut: 0 }))).toBe('scale-count');
    }
    expect(await code(life.call.exportForScale({ id: 'f'.repeat(32), ...asExported }))).toBe('no-such-run');
  });

  it('takes both parts of a set of the user’s own', () => {
    const tasks = rows('tasks/held-out.jsonl') as unknown as readonly Task[];
    const set = { train: tasks.slice(0, 5), heldOut: tasks.slice(5, 8) };
    const run = { settings: SETTINGS, config: PRESETS.lab.config, nextStep: 2 };
    expect(exportTasks(run, set, asExported)).toEqual(set);
    expect(exportTasks(run, set, { train: 2, heldOut: 1 })).toEqual({
      train: tasks.slice(0, 2),
      heldOut: tasks.slice(5, 6),
    });
  });

  it('says the tools and rewards as the lab has them', () => {
    expect(JSON.parse(text('tools/openai.json'))).toEqual(Object.values(TOOL_SCHEMAS));
    const reward = JSON.parse(text('reward.json')) as {
      weights: unknown;
      parts: { name: string; trl: boolean }[];
    };
    expect(reward.weights).toEqual({ task: 1 / 3, context: 1 / 3, memory: 1 / 3, penalty: 1 });
    expect(reward.parts.filter(({ trl }) => trl).map(({ name }) => name)).toEqual(['task', 'malformed']);
    expect(text('trl/README.md')).toContain('Paid here: task, malformed. Not carried over');
    expect(text('trinity/README.md')).toContain('Paid here: task, rounds, malformed. Not carried over');
    for (const name of ['README.md', 'trl/README.md', 'trinity/README.md']) {
      expect(text(name)).not.toMatch(/undefined|NaN|\[object/);
    }
  });

  it('configures Trinity-RFT and TRL with fields they know, for every preset', () => {
    expect(misfits(readYaml(text('trinity/step_wise_grpo.yaml')), TRINITY_SCHEMA)).toEqual([]);
    expect(misfits(readYaml(text('trinity/continue_adapter.yaml')), TRINITY_SCHEMA)).toEqual([]);
    expect(misfits(readYaml(text('trl/grpo.yaml')), TRL_SCHEMA)).toEqual([]);
    for (const { config } of Object.values(PRESETS)) {
      for (const heldOut of [0, 32]) {
        const plan = { config, stepsPerRollout: 6, heldOut };
        for (const made of [trinityConfig(plan), trinityContinuation(plan)]) {
          expect(misfits(readYaml(writeYaml(made)), TRINITY_SCHEMA)).toEqual([]);
        }
        const trl = readYaml(writeYaml(trlConfig(config, heldOut)));
        expect(misfits(trl, TRL_SCHEMA)).toEqual([]);
        // Its own rules: whole groups in a batch.
        const { per_device_train_batch_size: batch, num_generations: group } = trl as Record<string, number>;
        expect(batch % group).toBe(0);
      }
    }
    // What the check is worth: a field or a type that is wrong is found.
    expect(misfits({ buffer: { batch: 1 }, mode: 'all' }, TRINITY_SCHEMA)).toHaveLength(2);
    expect(misfits({ max_steps: 1.5 }, TRL_SCHEMA)).toHaveLength(1);
  });

  it('brings the adapter back to the byte, and it plays as the run does', async () => {
    const alone = readZip(await bytesOf((await life.call.exportRun({ id, what: 'adapter' })).data));
    for (const name of [ADAPTER_CONFIG_FILE, ADAPTER_WEIGHTS_FILE]) {
      expect(files.get(`adapter/${name}`)).toEqual(alone.get(name));
    }
    const trained = await life.plays();
    const chosen = [ADAPTER_CONFIG_FILE, ADAPTER_WEIGHTS_FILE].map((name) => ({
      name,
      data: new Blob([files.get(`adapter/${name}`) as Uint8Array<ArrayBuffer>]),
    }));
    const other = new LabLife(site.address, new TestStore());
    await other.open();
    const imported = await other.call.importAdapter({ files: chosen });
    expect(imported.baseKnown).toBe(true);
    expect(imported.list.runs).toMatchObject([{ id: imported.id, name: 'adapter', steps: 0, heldOut: null }]);
    await other.call.openRun({ id: imported.id });
    expect(await other.plays()).toEqual(trained);
    const back = await other.call.exportForScale({ id: imported.id, ...asExported });
    const returned = unzipSync(await bytesOf(back.data));
    for (const name of [ADAPTER_CONFIG_FILE, ADAPTER_WEIGHTS_FILE]) {
      expect(returned[`adapter-at-scale/adapter/${name}`]).toEqual(files.get(`adapter/${name}`));
    }
  });
});

describe.skipIf(!PYTHON)(withPython('the Python of the export'), () => {
  it('is Python, all of it', () => {
    const names = [...files.keys()].filter((name) => name.endsWith('.py'));
    expect(names).toHaveLength(6);
    const program =
      'import ast, json, sys\nfor name in json.load(sys.stdin): ast.parse(open(name, encoding="utf-8").read())\nprint("true")';
    expect(runPython(program, names, folder)).toBe(true);
  });

  it('gives TRL’s functions a list for a list', () => {
    const [task] = rows('tasks/train.jsonl');
    const [answer] = task.answers as string[];
    const says = (content: string) => [{ role: 'assistant', content }];
    const cut = [{ role: 'assistant', content: '', tool_calls: [{ function: { name: 'Retrieve_memory' } }] }];
    const refused = [...cut, { role: 'tool', content: 'error: no tool x' }, ...says(answer)];
    const completions = [
      says(answer),
      says(`<think>a</think><answer>${answer}</answer>`),
      says(''),
      cut,
      refused,
    ];
    const program = [
      'import json, sys',
      'from rewards import answer_reward, malformed_penalty',
      'a = json.load(sys.stdin)',
      'print(json.dumps([answer_reward(**a), malformed_penalty(**a)]))',
    ].join('\n');
    const input = {
      prompts: [],
      completions,
      task: completions.map(() => JSON.stringify(task)),
      trainer_state: null,
    };
    expect(runPython(program, input, join(folder, 'trl'))).toEqual([
      [1, 1, -1, -1, 1],
      [0, 0, -0.1, 0, -0.1],
    ]);
  });

  it('keeps a memory that answers as the lab’s tools do', () => {
    const task = { facts: [{ subject: 'Ola', relation: 'lives in', value: 'Rome', worthKeeping: true }] };
    const program = [
      'import json, sys',
      'from environment import AgeMemEnvironment',
      'env = AgeMemEnvironment(); env.reset(task=sys.stdin.read(), other=1)',
      'said = [env.Add_memory("Tom likes tea"), env.Update_memory("m1", "Ola lives in Oslo"), env.Retrieve_memory("where does Ola live", 1),',
      '  env.Delete_memory("m9", True), env.Delete_memory("m1", False), env.Delete_memory("m1", True), env.Retrieve_memory("Ola", 0),',
      '  env.Retrieve_memory("x", metadata_filter={"a": 1})]',
      'print(json.dumps(said))',
    ].join('\n');
    expect(runPython(program, task, join(folder, 'trl'))).toEqual([
      'm2 added',
      'm1 updated',
      'm1: Ola lives in Oslo',
      'error: no memory m9',
      'error: confirmation must be true',
      'm1 deleted',
      'error: top_k must be a whole number from 1 to 50',
      'nothing found',
    ]);
  });
});
