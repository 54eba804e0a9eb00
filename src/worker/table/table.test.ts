/** The table in the worker, on the real session with the policy of the site: what is played, kept, and played again. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { LARGE_WORLD_CONFIG } from '../../agent/config';
import { type CellLine, REPLIES_BY_MODEL, type SeedValues } from '../../evidence/cell-lines';
import { NgramEmbedder } from '../../memory/embedders/ngram-embedder';
import { createTransientMemory } from '../../memory/long-term-memory';
import { ExpertReader } from '../../policies/expert-reader';
import { ANSWER_ONLY_POLICY } from '../../policies/site-policies';
import { differenceLine, linesOf } from '../../rl/reproduce/cells';
import { readCells } from '../../rl/reproduce/kept-cells';
import { BY_RULES, playSeed } from '../../rl/reproduce/play-cell';
import { toLabError } from '../lab-errors';
import type { EventLog } from '../protocol';
import type { CellAddress, CellSeed, RecordedCell, TableChoice } from '../table-protocol';
import { EXPERT, LabWithTable } from './lab-with-table.fixture';

let lab: LabWithTable;
beforeAll(async () => {
  lab = new LabWithTable();
  await lab.open();
});

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'answered',
    (error: unknown) => toLabError(error).code,
  );

const MODEL: TableChoice = {
  reader: 'model',
  adapter: 'shipped',
  baselinesTrained: false,
  replies: 'rules',
  methods: ['agemem-no-rl', 'agemem'],
  environments: ['qa'],
  seeds: [1, 2],
  episodesPerSeed: 4,
};

/** As the command plays the same with the expert. */
async function asTheCommand(choice: TableChoice): Promise<readonly CellLine[]> {
  const embedder = new NgramEmbedder();
  const policy = new ExpertReader();
  const lines: CellLine[] = [];
  for (const method of choice.methods) {
    for (const environment of choice.environments) {
      const bySeed: SeedValues[] = [];
      for (const seed of choice.seeds) {
        bySeed.push(
          await playSeed(method, environment, seed, {
            policy,
            memories: {
              open: (namespace) => createTransientMemory({ embedder, namespace }),
              drop: async () => {},
            },
            embedder,
            episode: LARGE_WORLD_CONFIG,
            split: 'evaluation',
            episodesPerSeed: choice.episodesPerSeed,
            temperature: 1,
            maxNewTokens: 64,
            placement: 'as-looked-up',
            replies: BY_RULES,
          }),
        );
      }
      const { seeds, episodesPerSeed } = choice;
      lines.push(
        ...linesOf({
          method,
          environment,
          policy: policy.id,
          backend: 'none',
          seeds,
          episodesPerSeed,
          bySeed,
        }),
      );
    }
  }
  return lines;
}

describe('a run of the table', () => {
  test('plays in the background, tells how far it is, and has the numbers of the command', async () => {
    const from = lab.states.length;
    const begun = await lab.call.runTable(EXPERT);
    expect(begun).toMatchObject({ kind: 'running', progress: { done: 0, total: 8 } });
    await lab.until(({ kind }) => kind === 'finished');
    expect(await lab.call.tableLines(EXPERT)).toEqual(await asTheCommand(EXPERT));
    const states = lab.states
      .slice(from)
      .flatMap((state) => (state.kind === 'running' ? [state.progress] : []));
    const done = states.map((progress) => progress.done);
    expect([...done].sort((a, b) => a - b)).toEqual(done);
    expect(new Set(done)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8]));
    expect(states.some(({ leftMs }) => leftMs !== null && leftMs > 0)).toBe(true);
    expect(states.at(-1)?.leftMs).toBe(0);
    const { data } = await lab.call.exportTable(EXPERT);
    expect(readCells(await data.text())).toEqual(inOrder(await lab.call.tableLines(EXPERT)));
    // What is kept is not played again.
    const again = lab.states.length;
    await lab.call.runTable({ ...EXPERT, seeds: [1, 2] });
    await lab.until(({ kind }) => kind === 'finished');
    expect(lab.states.slice(again).every((state) => state.kind === 'idle' || state.progress.done === 8)).toBe(
      true,
    );
  });

  test('with replies by the model the lines say so, count what it could not write, and stand beside those by rules', async () => {
    const choice: TableChoice = {
      ...MODEL,
      methods: ['mem0', 'agemem-no-rl'],
      seeds: [1],
      episodesPerSeed: 1,
    };
    const asked: TableChoice = { ...choice, replies: 'model' };
    for (const one of [choice, asked]) {
      await lab.call.runTable(one);
      await lab.until(({ kind }) => kind === 'finished');
    }
    const [byRules, byModel] = [await lab.call.tableLines(choice), await lab.call.tableLines(asked)];
    const of = (lines: readonly CellLine[], method: string) => lines.filter((line) => line.method === method);
    expect(of(byRules, 'mem0').some(({ metric }) => metric === 'unread-replies')).toBe(false);
    expect(of(byRules, 'mem0').every(({ setting }) => setting === undefined)).toBe(true);
    expect(of(byModel, 'mem0').every(({ setting }) => setting === REPLIES_BY_MODEL)).toBe(true);
    expect(of(byModel, 'mem0').find(({ metric }) => metric === 'unread-replies')?.mean).toBeGreaterThan(0);
    // AgeMem asks nobody: the same cell, played once.
    expect(of(byModel, 'agemem-no-rl')).toEqual(of(byRules, 'agemem-no-rl'));
    const recorded = {
      method: 'mem0',
      environment: 'qa',
      episodesPerSeed: 1,
      seeds: [1],
      policy: 'public/policy',
    } as const;
    const { player } = await lab.call.cellEpisodes({ ...recorded, setting: REPLIES_BY_MODEL });
    expect(player).toMatchObject({ kind: 'here', player: { replies: 'model' } });
    expect((await lab.call.cellEpisodes(recorded)).player).toMatchObject({ player: { replies: 'rules' } });
  });

  test('pauses in the middle of a seed, lets calls through, and ends with the numbers it would have had', {
    timeout: 120_000,
  }, async () => {
    const choice: TableChoice = { ...MODEL, seeds: [1], episodesPerSeed: 20 };
    await lab.call.runTable(choice);
    // A call goes before it: it is served while the run plays.
    const task = { family: 'qa', split: 'train', difficulty: 'one-fact', seed: 5 } as const;
    const options = { adapter: 'none', dice: 0, reward: 'paper-appendix' } as const;
    const { episodeId } = await lab.call.openEpisode({ task, options });
    await lab.call.stepEpisode({ episodeId });
    expect(lab.states.at(-1)?.kind).toBe('running');
    await lab.until((state) => state.kind === 'running' && (state.progress.now?.finished ?? 0) > 0);
    const paused = await lab.call.pauseTable({});
    expect(paused).toMatchObject({ kind: 'paused', progress: { now: { method: 'agemem-no-rl', seed: 1 } } });
    const told = lab.states.length;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(lab.states.length).toBe(told);
    expect(await lab.call.runEpisode({ episodeId })).toMatchObject({ done: true });
    await lab.call.resumeTable({});
    const end = await lab.until(({ kind }) => kind === 'finished');
    expect(end).toMatchObject({ progress: { done: 2, total: 2, now: null } });
    const lines = await lab.call.tableLines(choice);
    const score = (method: string) => lines.find((line) => line.method === method && line.metric === 'score');
    // The very numbers that were committed: the same weights, tasks and dice, played by the command.
    for (const method of ['agemem-no-rl', 'agemem']) {
      expect(score(method)?.values, method).toEqual([committed('quick', method, 'qa').values[0]]);
    }
  });

  test('what was stopped is gone on with behind the last whole seed', async () => {
    const choice: TableChoice = { ...EXPERT, methods: ['rag'], environments: ['hotpotqa'], seeds: [1, 2, 3] };
    await lab.call.runTable(choice);
    await lab.until((state) => state.kind === 'running' && state.progress.done === 1);
    expect(await lab.call.stopTable({})).toMatchObject({
      kind: 'stopped',
      by: 'user',
      progress: { total: 3 },
    });
    const kept = (await lab.call.tableLines(choice)).find(({ metric }) => metric === 'score');
    expect(kept?.seeds.length).toBeGreaterThan(0);
    const from = lab.states.length;
    await lab.call.runTable(choice);
    await lab.until(({ kind }) => kind === 'finished');
    const first = lab.states[from];
    expect(first.kind === 'running' && first.progress.done).toBe(kept?.seeds.length);
    expect((await lab.call.tableLines(choice)).find(({ metric }) => metric === 'score')?.seeds).toEqual([
      1, 2, 3,
    ]);
  });

  test('waits while training has the model, and ends when the adapter it plays with becomes another', {
    timeout: 120_000,
  }, async () => {
    const settings = {
      preset: 'lab',
      // More than it takes to say that the table waits, on any machine: it is paused then.
      steps: 1000,
      tasksPerStep: 1,
      groupSize: 2,
      lr: 1e-3,
      seed: 1,
      advantageMode: 'broadcast',
      reward: 'paper-appendix',
    } as const;
    const choice: TableChoice = { ...MODEL, seeds: [7], episodesPerSeed: 8 };
    await lab.call.runTable(choice);
    await lab.call.train({ from: 'start', settings });
    await lab.until((state) => state.kind === 'running' && state.waits);
    // The weights of the step under way have no name yet; what plays is left to play.
    expect(await code(lab.call.runTable({ ...choice, adapter: 'trained' }))).toBe('busy');
    await lab.call.pauseTraining({});
    await lab.until(({ kind }) => kind === 'finished');
    const facts = await lab.call.tableFacts({ ...choice, adapter: 'trained' });
    expect(facts.adapters).toEqual(['shipped', 'trained']);
    expect(facts.trainedAs).toBe('trained');
    await lab.call.runTable({ ...choice, adapter: 'trained', seeds: [8] });
    await lab.call.resumeTraining({});
    expect(lab.states.at(-1)).toMatchObject({ kind: 'stopped', by: 'weights' });
    await lab.call.stopTraining({});
  });

  test('is not begun while something may change what would play; experts play all the same', async () => {
    const task = { family: 'qa', split: 'train', difficulty: 'one-fact', seed: 5 } as const;
    const options = { adapter: 'none', dice: 0, reward: 'paper-appendix' } as const;
    const opening = lab.call.openEpisode({ task, options });
    expect(await code(lab.call.runTable({ ...MODEL, seeds: [9] }))).toBe('busy');
    await opening;
    const again = lab.call.openEpisode({ task, options });
    const experts: TableChoice = { ...EXPERT, methods: ['rag'], seeds: [9] };
    expect(await code(lab.call.runTable(experts))).toBe('answered');
    await again;
    await lab.until((state) => state.kind === 'finished' && state.choice.seeds[0] === 9);
  });

  test('what cannot be played is told, and refused', async () => {
    const facts = await lab.call.tableFacts({ ...MODEL });
    const of = (id: string) => facts.methods.find((method) => method.id === id)?.playable;
    expect(of('agemem-rag')).toEqual({ kind: 'yes' });
    expect(of('answer-only')).toEqual({ kind: 'needs-weights', weights: 'answer-only' });
    const experts = await lab.call.tableFacts({ ...EXPERT });
    expect(experts.methods.find(({ id }) => id === 'agemem')?.playable).toEqual({ kind: 'needs-model' });
    expect(await code(lab.call.runTable({ ...EXPERT, methods: ['agemem'] }))).toBe('not-playable');
    expect(await code(lab.call.runTable({ ...EXPERT, seeds: [] }))).toBe('nothing-chosen');
  });

  test('differences are taken seed by seed, of every figure', async () => {
    const lines = readCells(evidence('quick'));
    const differences = await lab.call.tableDifferences({ lines, reference: 'agemem-no-rl' });
    const score = differences.find((line) => line.method === 'agemem' && line.metric === 'score');
    const recorded = evidence('quick')
      .split('\n')
      .find((line) => line.includes('"agemem","environment":"qa","metric":"score difference"'));
    expect(score).toEqual({ ...JSON.parse(recorded ?? '{}'), metric: 'score' });
    expect(differences.some(({ metric }) => metric === 'prompt-tokens')).toBe(true);
    expect(differences.every((line) => line.method !== 'agemem-no-rl')).toBe(true);
    const [plain, other] = lines;
    expect(differenceLine({ ...plain, method: 'rag', seeds: [9] }, other)).toBe(null);
    // A run under way has fewer seeds than its reference, and is compared on those.
    const seeds = [3, 1, 2];
    const reference = { ...other, seeds, values: [0.3, 0.1, 0.2], n: 6 };
    const underWay = { ...other, method: 'rag' as const, seeds: [1, 3, 9], values: [0.5, 0.5, 0.5], n: 6 };
    const [paired] = await lab.call.tableDifferences({
      lines: [reference, underWay],
      reference: 'agemem-no-rl',
    });
    expect(paired).toMatchObject({ method: 'rag', seeds: [1, 3], n: 4 });
    expect(paired.values.map((value) => Number(value.toFixed(9)))).toEqual([0.4, 0.2]);
    const apart = { ...underWay, seeds: [7, 8, 9] };
    const none = await lab.call.tableDifferences({ lines: [reference, apart], reference: 'agemem-no-rl' });
    expect(none).toEqual([]);
    const older = { ...underWay, version: 2 };
    const mixed = [{ ...reference, version: 3 }, older];
    expect(await lab.call.tableDifferences({ lines: mixed, reference: 'agemem-no-rl' })).toEqual([]);
  });
});

describe('the episodes behind a cell', () => {
  const cell = (method: CellAddress['method'], environment: CellAddress['environment']): CellAddress => ({
    ...MODEL,
    method,
    environment,
    episodesPerSeed: 20,
  });

  test.each(['agemem-no-rl', 'agemem-rag'] as const)(
    '%s: each is opened in the lab by its address and has its score of the recorded cell',
    { timeout: 180_000 },
    async (method) => {
      const { seeds, player } = await lab.call.cellEpisodes(recordedCell('quick', method, 'qa'));
      const variant = player.kind === 'here' ? player.variant : null;
      expect(variant).toEqual({
        adapter: method === 'agemem-rag' ? 'shipped' : 'none',
        method: method === 'agemem-rag' ? method : null,
      });
      const again = await lab.call.replayCell({ ...cell(method, 'qa'), seed: 2 });
      expect(mean(again)).toBe(committed('quick', method, 'qa').values[1]);
      const scores = new Set<number | null>();
      for (const { task, dice, number } of seeds[1].episodes.slice(0, 8)) {
        const { episodeId } = await lab.call.openEpisode({
          task,
          options: {
            adapter: variant?.adapter ?? 'none',
            dice,
            reward: 'paper-appendix',
            ...(variant?.method && { method: variant.method }),
          },
        });
        await lab.call.runEpisode({ episodeId });
        const score = lab.scoreOf(episodeId);
        expect(score, `episode ${number}`).toBe(again.episodes[number - 1].score);
        scores.add(score);
      }
      expect(scores.size).toBeGreaterThan(1);
    },
  );

  test('a baseline is played again with its log, by the expert and by the policy: the scores of the recorded cell', {
    timeout: 180_000,
  }, async () => {
    for (const [file, address] of [
      ['expert', { ...cell('mem0', 'alfworld'), reader: 'expert' }],
      ['quick', cell('no-memory', 'qa')],
      ['quick-trained', { ...cell('mem0', 'qa'), baselinesTrained: true }],
    ] as const) {
      const { seeds, player } = await lab.call.cellEpisodes(
        recordedCell(file, address.method, address.environment),
      );
      const { reader, baselinesTrained } = address;
      expect(player).toMatchObject({ kind: 'here', player: { reader, baselinesTrained }, variant: null });
      const again = await lab.call.replayCell({ ...address, seed: 3 });
      expect(mean(again)).toBeCloseTo(committed(file, address.method, address.environment).values[2], 12);
      for (const { task, number } of seeds[2].episodes.slice(0, 4)) {
        const one = await lab.call.baselineEpisode({ ...address, task });
        expect(one.score).toBe(again.episodes[number - 1].score);
        expect(one.log.some(({ type }) => type === 'written')).toBe(true);
        expect(one.log.at(-1)).toMatchObject({ type: 'ended', reason: one.reason });
      }
    }
  });

  test('what if, a group and its forks go on by the rules of the variant', { timeout: 120_000 }, async () => {
    const { seeds } = await lab.call.cellEpisodes(recordedCell('quick', 'agemem-rag', 'qa'));
    const { task, dice } = seeds[0].episodes[0];
    const options = { adapter: 'shipped', dice, reward: 'paper-appendix', method: 'agemem-rag' } as const;
    const opened = await lab.call.openEpisode({ task, options });
    const { episodeId } = opened;
    await lab.call.runEpisode({ episodeId });
    const log = lab.logOf(episodeId);
    const whatIf = {
      interventions: [],
      messages: [],
      resetBetweenStages: true,
      maxContextTokens: null,
      weights: { task: 1, context: 1, memory: 1, penalty: 1 },
      maintenance: 'meaningful',
    } as const;
    const adapter = 'shipped' as const;
    const branch = { task: opened.task, log, adapter, whatIf };
    const same = await lab.call.branchEpisode({ ...branch, method: 'agemem-rag' });
    expect(prompts(same.log)).toEqual(prompts(log));
    const preset = { preset: 'lab', advantageMode: 'broadcast' } as const;
    const group = await lab.call.runGroup({ task, options, groupSize: 2, ...preset });
    expect(group.method).toBe('agemem-rag');
    expect(prompts(group.rollouts[0].log)).toEqual(prompts(log));
    const fork = await lab.call.forkStep({
      task: group.task,
      rollout: group.rollouts[0],
      step: 2,
      adapter,
      method: group.method,
      size: 2,
      options: group.options,
    });
    expect(prompts(fork.rollouts[1].log).slice(0, 2)).toEqual(prompts(log).slice(0, 2));
    expect(await code(lab.call.openEpisode({ task, options: { ...options, method: 'no-such' } }))).toBe(
      'no-method',
    );
  });

  test('whose weights are not here are named: another policy, or one that is not of this site', async () => {
    const answerOnly = recordedCell('quick-variants', 'answer-only', 'qa');
    expect((await lab.call.cellEpisodes(answerOnly)).player).toEqual({
      kind: 'needs-model',
      id: ANSWER_ONLY_POLICY.id,
      title: ANSWER_ONLY_POLICY.title,
    });
    const elsewhere = { ...answerOnly, policy: 'runs/answer-only' };
    expect((await lab.call.cellEpisodes(elsewhere)).player).toEqual({ kind: 'needs-weights' });
    expect((await lab.call.cellEpisodes(answerOnly)).seeds).toHaveLength(5);
    const trained = {
      reader: 'model',
      adapter: 'trained',
      baselinesTrained: true,
      replies: 'rules',
    } as const;
    const own = await lab.call.cellEpisodes({
      ...answerOnly,
      method: 'agemem',
      by: { ...trained, adapter: 'shipped' },
    });
    expect(own.player).toMatchObject({ kind: 'here', variant: { adapter: 'shipped', method: null } });
  });

  test('all methods meet the same tasks and dice', async () => {
    const of = async (method: CellAddress['method']) =>
      (await lab.call.cellEpisodes({ ...cell(method, 'pddl'), seeds: [1, 2], policy: '' })).seeds;
    const bare = (seeds: Awaited<ReturnType<typeof of>>) =>
      seeds.flatMap(({ episodes }) => episodes.map(({ task, dice }) => [task.seed, dice]));
    expect(bare(await of('rag'))).toEqual(bare(await of('agemem-rag')));
    expect(new Set(bare(await of('rag')).map(String)).size).toBe(40);
  });
});

/** A recorded cell as its lines name it. */
function recordedCell(
  file: string,
  method: CellAddress['method'],
  environment: CellAddress['environment'],
): RecordedCell {
  const { policy, seeds, n } = committed(file, method, environment);
  return { method, environment, policy, seeds, episodesPerSeed: n / seeds.length };
}

const prompts = (log: EventLog): readonly string[] =>
  log.flatMap((event) =>
    event.type === 'prompt' ? [event.messages.map(({ content }) => content).join('\n')] : [],
  );

const mean = ({ episodes }: CellSeed): number =>
  episodes.reduce((sum, { score }) => sum + (score ?? 0), 0) / episodes.length;

/** By environment, as the command prints them; there is no difference, the reference not being played by experts. */
const inOrder = (lines: readonly CellLine[]) =>
  EXPERT.environments.flatMap((environment) => lines.filter((line) => line.environment === environment));

const evidence = (name: string) =>
  readFileSync(new URL(`../../../docs/evidence/reproduce-${name}.jsonl`, import.meta.url), 'utf8');

function committed(file: string, method: string, environment: string): CellLine {
  const line = readCells(evidence(file)).find(
    (one) => one.method === method && one.environment === environment && one.metric === 'score',
  );
  if (!line) throw new Error(`No cell ${method} in ${environment}.`);
  return line;
}
