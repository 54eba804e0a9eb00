import { describe, expect, it } from 'vitest';
import { BUNDLED_EPISODE_CONFIG } from '../agent/config';
import type { EventLog } from '../agent/events';
import {
  answering,
  calling,
  type EpisodeSettings,
  MIRA_TASK,
  play,
  randomPolicy,
  sayingPolicy,
} from '../agent/playing.fixture';
import { LADDER } from '../tasks/ladder';
import { qaFamily } from '../tasks/qa/family';
import type { Split, Task } from '../tasks/task';
import { perfectAgent, WORTHLESS_AGENTS } from './agents.fixture';
import { computeReward, IncompleteLogError, type RewardOptions } from './reward';
import { REWARD_PRESET_NAMES, REWARD_PRESETS } from './weights';

/** The token counts of these tests are not the bundled tokenizer's, so the window is wider. */
const ROOMY = { hardPromptTokens: 1000, maxContextTokens: 300 };

async function reward(texts: readonly string[], settings: EpisodeSettings = {}, options: RewardOptions = {}) {
  const episode = await play(sayingPolicy(texts), { ...settings, config: { ...ROOMY, ...settings.config } });
  return computeReward(episode.log, settings.task ?? MIRA_TASK, options);
}

const OK = answering('ok');
const add = (content: string) => calling('Add_memory', { content });
const update = (memory_id: string, content: string) => calling('Update_memory', { memory_id, content });
const remove = (memory_id: string) => calling('Delete_memory', { memory_id, confirmation: true });
const retrieve = (query: string) => calling('Retrieve_memory', { query });
const filter = (criteria: string) => calling('Filter_context', { criteria });

/** The literal task without revisions: Mira has always lived in Oslo. */
const UNREVISED: Task = {
  ...MIRA_TASK,
  messages: [
    { content: 'Mira lives in Oslo.', kind: 'fact', factIds: ['f1'] },
    ...MIRA_TASK.messages.slice(1, 3),
    { content: 'Well, well.', kind: 'chatter', factIds: [] },
  ],
  facts: MIRA_TASK.facts.map((fact) => ({ ...fact, superseded: [] })),
};

describe('sanity', () => {
  const splits: readonly Split[] = ['train', 'unseen-names', 'unseen-patterns'];

  it.each(LADDER)(
    'pays a perfect agent at least 0.98 of every part but compression (%s)',
    async (difficulty) => {
      for (const split of splits) {
        for (let seed = 0; seed < 12; seed++) {
          const task = qaFamily.generate(seed, split, difficulty);
          const { log } = await play(perfectAgent, { task, config: ROOMY });
          const breakdown = computeReward(log, task);
          for (const part of breakdown.explanation) {
            const least =
              { compression: 0, rounds: 0, overflow: 0, malformed: 0 }[part.name as string] ?? 0.98;
            expect(part.applicable, part.name).toBe(true);
            expect(
              part.value,
              `${task.id} ${part.name}: ${part.formula} ${part.notes}`,
            ).toBeGreaterThanOrEqual(least);
          }
          expect(breakdown.total).toBeGreaterThan(0.88);
        }
      }
    },
  );

  it.each(Object.keys(WORTHLESS_AGENTS))('pays less than 0.25 to an agent that %s', async (name) => {
    for (const difficulty of LADDER) {
      for (let seed = 0; seed < 8; seed++) {
        const task = qaFamily.generate(seed, 'train', difficulty);
        const { log } = await play(WORTHLESS_AGENTS[name], { task, config: { hardPromptTokens: 4000 } });
        expect(computeReward(log, task).total, task.id).toBeLessThan(0.25);
      }
    }
  });

  it('pays nothing for naming a tool: names in thoughts change no part', async () => {
    const silent = await play(WORTHLESS_AGENTS['knows nothing']);
    const naming = silent.log.map((event) =>
      event.type === 'parsed' && event.action.kind === 'answer'
        ? { ...event, action: { ...event.action, think: 'Filter_context Retrieve_memory Update_memory' } }
        : event,
    );
    expect(computeReward(naming, MIRA_TASK)).toEqual(computeReward(silent.log, MIRA_TASK));
    const { preventive, preservation } = computeReward(silent.log, MIRA_TASK).context;
    expect([preventive.value, preservation.value]).toEqual([0, 0]);
  });

  it('has contributions that add up to the total, and bounds that hold, for any episode', async () => {
    for (let seed = 0; seed < 60; seed++) {
      const { log } = await play(randomPolicy(), { seed });
      for (const preset of REWARD_PRESET_NAMES) {
        const breakdown = computeReward(log, MIRA_TASK, { preset });
        const sum = breakdown.explanation.reduce((total, part) => total + part.contribution, 0);
        expect(sum).toBeCloseTo(breakdown.total, 12);
        for (const part of breakdown.explanation) {
          const low = { task: -1, rounds: -1, overflow: -0.5, malformed: -0.5 }[part.name as string] ?? 0;
          expect(part.value).toBeGreaterThanOrEqual(low);
          expect(part.value).toBeLessThanOrEqual(1);
          for (const seq of part.events) expect(log[seq]?.seq).toBe(seq);
          expect(part.formula).not.toBe('');
        }
      }
      expect(computeReward(JSON.parse(JSON.stringify(log)) as EventLog, MIRA_TASK)).toEqual(
        computeReward(log, MIRA_TASK),
      );
    }
  });
});

describe('R_task', () => {
  it('is 1 for an exact match, token F1 otherwise, -1 without an answer', async () => {
    const last = (text: string) => reward([OK, OK, OK, OK, OK, answering(text)]);
    expect((await last('oslo!')).task.value).toBe(1);
    expect((await last('Oslo in Norway')).task.value).toBeCloseTo(0.5);
    expect((await last('Rome')).task.value).toBe(0);
    expect((await last('  ')).task.value).toBe(-1);
    const silent = await play(sayingPolicy([OK, OK, OK, OK, OK, ...Array(9).fill(retrieve('Mira'))]), {
      config: ROOMY,
    });
    expect(computeReward(silent.log, MIRA_TASK).task.value).toBe(-1);
  });

  it('does not take what was said in stages 1 and 2 for an answer', async () => {
    const texts = [answering('Oslo'), ...Array(30).fill(retrieve('Mira'))];
    expect((await reward(texts)).task.value).toBe(-1);
  });

  it('is the score of the world where there is one', async () => {
    const task: Task = { ...MIRA_TASK, messages: [], distractors: [], answers: [] };
    const world = (score: number) => ({
      interactive: true,
      done: false,
      observe: () => 'Goal',
      act: () => (score < 0 ? { done: false, observation: 'no' } : { done: true, score }),
    });
    expect((await reward([answering('open')], { task, environment: world(0.7) })).task.value).toBe(0.7);
    expect((await reward([answering('open')], { task, environment: world(-1) })).task.value).toBe(0);
  });

  it('is what was reached where a limit cut the world off, if that counts there', async () => {
    const task: Task = { ...MIRA_TASK, messages: [], distractors: [], answers: [] };
    const environment = {
      interactive: true,
      done: false,
      observe: () => 'Goal',
      act: () => ({ done: false, observation: 'on' }),
      scoreSoFar: () => 0.4,
    };
    const texts = Array(40).fill(answering('on'));
    const { task: part, penalty } = await reward(texts, { task, environment });
    expect(part).toMatchObject({
      value: 0.4,
      formula: 'the world was left unfinished, reached so far: 0.4',
    });
    expect(part.events).toHaveLength(2);
    expect(penalty.value).toBeLessThan(0);
  });

  it('gives way to a judge, but not without an answer', async () => {
    const judged = { judged: { task: 0.8, relevance: 0.4 } };
    const answered = await reward([OK, OK, OK, OK, OK, answering('Norway')], {}, judged);
    expect([answered.task.value, answered.memory.relevance.value]).toEqual([0.8, 0.4]);
    expect((await reward([], {}, judged)).task.value).toBe(-1);
  });
});

describe('R_ctx', () => {
  it('compression is what is left of T_max when the answer is made', async () => {
    const { context, explanation } = await reward([OK, OK, OK, OK, OK, answering('Oslo')]);
    const used = Number(/1 - (\d+) \/ 300/.exec(context.compression.formula)?.[1]);
    expect(used).toBeGreaterThan(0);
    expect(context.compression.value).toBeCloseTo(1 - used / 300);
    expect(explanation.find((part) => part.name === 'compression')?.weight).toBeCloseTo(1 / 9);
    const full = await reward([OK, OK, OK, OK, OK, answering('Oslo')], { config: { maxContextTokens: 10 } });
    expect(full.context.compression.value).toBe(0);
  });

  it('preventive wants tokens removed, before an overflow', async () => {
    const novel = MIRA_TASK.distractors[0].content;
    const inStage2 = (text: string) => [OK, OK, OK, OK, text, answering('Oslo')];
    const paid = await reward(inStage2(filter(novel)));
    expect(paid.context.preventive).toMatchObject({ value: 1, events: [expect.any(Number)] });
    expect((await reward(inStage2(filter('blockchain')))).context.preventive.value).toBe(0);
    expect((await reward(inStage2(calling('Filter_context', {})))).context.preventive.value).toBe(0);
    const brief = {
      ...MIRA_TASK,
      distractors: [{ content: 'Hi', kind: 'distractor' as const, factIds: [] }],
    };
    const refused = await reward(inStage2(calling('Summary_context', { span: 'all' })), { task: brief });
    expect(refused.context.preventive.value).toBe(0);
    const late = await reward(inStage2(filter(novel)), { config: { maxContextTokens: 12 } });
    expect(late.context.preventive).toMatchObject({ value: 0, notes: [expect.stringContaining('overflow')] });
  });

  it('an overflow in stage 1 does not spoil the C that begins after the reset', async () => {
    const novel = MIRA_TASK.distractors[0].content;
    const long = answering('x'.repeat(200));
    const texts = [long, long, OK, OK, filter(novel), answering('Oslo')];
    const { context } = await reward(texts, { config: { maxContextTokens: 80 } });
    expect(context.preventive.value).toBe(1);
  });

  it('preservation counts retrieved entries', async () => {
    const texts = [add('Mira lives in Oslo'), OK, OK, OK, OK, retrieve('Mira'), answering('Oslo')];
    const { context } = await reward(texts, { task: UNREVISED });
    expect(context.preservation).toMatchObject({ value: 1, events: [expect.any(Number)] });
  });

  it('preservation is not satisfied by leftover messages: query, distractors, own words, tool results', async () => {
    const task: Task = {
      ...UNREVISED,
      query: 'Does Mira live in Oslo?',
      distractors: [{ content: 'In a novel, Mira lives in Oslo.', kind: 'distractor', factIds: [] }],
    };
    const texts = [
      add('Mira lives in Oslo'),
      OK,
      OK,
      OK,
      answering('Mira lives in Oslo'),
      calling('Update_memory', { memory_id: 'm1', content: 'Mira lives in Oslo' }),
      calling('Delete_memory', { memory_id: 'Mira Oslo', confirmation: true }),
      answering('Oslo'),
    ];
    const { context } = await reward(texts, { task });
    expect(context.preservation).toMatchObject({ value: 0, notes: ['missing: Mira, Oslo'] });
  });

  it('preservation follows the sentences of a summary to where they came from', async () => {
    const texts = (first: string) => [
      add(first),
      OK,
      OK,
      OK,
      OK,
      calling('Retrieve_memory', { query: 'Mira', top_k: 1 }),
      calling('Summary_context', { span: 'all' }),
      answering('Oslo'),
    ];
    const task: Task = {
      ...UNREVISED,
      distractors: [{ content: 'Mira lives in Oslo, says a novel.', kind: 'distractor', factIds: [] }],
    };
    const config = { summaryShare: 1 };
    const evidence = await reward(texts('Mira lives in Oslo with two cats.'), { task, config });
    expect(evidence.context.preservation.value).toBe(1);
    expect(evidence.context.preventive.value).toBe(1);
    expect(evidence.memory.relevance.value).toBe(1);
    const distractorOnly = await reward(texts('Tom plays the cello.'), { task, config });
    expect(distractorOnly.context.preservation.value).toBe(0);
    expect(distractorOnly.context.preventive.value).toBe(1);
  });
});

describe('R_mem storage', () => {
  const storage = async (texts: readonly string[], task: Task = MIRA_TASK) => {
    const { memory, storagePrecision, stored } = await reward(texts, { task });
    expect(storagePrecision).toBe(memory.storage.value);
    return { value: memory.storage.value, ...stored, notes: memory.storage.notes };
  };

  it('remembers the adds of stage 1 though C was emptied after it', async () => {
    expect(await storage([OK, OK, add('Tom plays the cello')])).toMatchObject({ value: 1, added: 1 });
  });

  it('pays nothing when nothing was stored', async () => {
    expect(await storage([])).toMatchObject({ value: 0, highQuality: 0, added: 0 });
  });

  it('counts chatter, stale values and duplicates against it', async () => {
    const texts = [
      add('Mira lives in Rome'),
      add('Lovely weather'),
      add('Tom plays the cello'),
      add('Tom: the cello!'),
    ];
    expect(await storage(texts)).toEqual({
      value: 0.25,
      highQuality: 1,
      added: 4,
      notes: [
        'm1: holds a value that has been revised',
        'm2: states no fact worth keeping with its current value',
        'm4: repeats another entry',
      ],
    });
  });

  it('judges an entry by what became of it', async () => {
    const corrected = [add('Mira lives in Rome'), OK, OK, update('m1', 'Mira lives in Oslo')];
    expect(await storage(corrected)).toMatchObject({ value: 1, added: 1 });
    const replaced = [
      add('Mira lives in Rome'),
      OK,
      OK,
      `<think></think><tool_call>${JSON.stringify([
        { name: 'Delete_memory', arguments: { memory_id: 'm1', confirmation: true } },
        { name: 'Add_memory', arguments: { content: 'Mira lives in Oslo' } },
      ])}</tool_call>`,
    ];
    expect(await storage(replaced)).toMatchObject({
      value: 1,
      added: 1,
      notes: ['m1: rightly deleted, not counted'],
    });
    const ruined = [...corrected, update('m1', 'Mira lives in Paris')];
    expect(await storage(ruined)).toMatchObject({ value: 0, added: 1 });
    const lost = [...corrected, remove('m1')];
    expect(await storage(lost)).toMatchObject({
      value: 0,
      added: 1,
      notes: ['m1: was worth keeping and was deleted'],
    });
  });

  it('counts the entries of stage 1 only', async () => {
    expect(await storage([OK, OK, OK, OK, add('Mira lives in Oslo')])).toMatchObject({ value: 0, added: 0 });
  });

  it('judges entries as they stood before a wipe', async () => {
    const wiped = await reward([OK, OK, add('Tom plays the cello')], { config: { wipeMemoryAtReset: true } });
    expect(wiped.memory.storage.value).toBe(1);
  });

  it('is left out where nothing was worth keeping and nothing was kept', async () => {
    const task: Task = { ...MIRA_TASK, facts: [], neededFactIds: [], keyItems: [] };
    const idle = await reward([], { task });
    expect(idle.memory.storage.applicable).toBe(false);
    expect(idle.memory.relevance.applicable).toBe(false);
    expect(idle.context.preservation.applicable).toBe(false);
    expect(idle.context.value).toBeCloseTo(idle.context.compression.value / 2);
    const busy = await reward([add('x')], { task });
    expect(busy.memory.storage).toMatchObject({ applicable: true, value: 0 });
  });
});

describe('R_mem maintenance', () => {
  const maintenance = async (texts: readonly string[], task: Task, mode?: RewardOptions['maintenance']) =>
    (await reward(texts, { task }, { maintenance: mode })).memory.maintenance.value;
  const rome = add('Mira lives in Rome');

  it.each<[string, readonly string[], number, number]>([
    ['an update to the current value', [rome, OK, OK, update('m1', 'Mira lives in Oslo')], 1, 1],
    ['a delete and a clean add', [rome, OK, OK, remove('m1'), add('Mira lives in Oslo')], 1, 1],
    ['an update that changes nothing', [rome, OK, OK, update('m1', 'Mira lives in Rome')], 0, 1],
    ['an update to something else', [rome, OK, OK, update('m1', 'Mira is nice')], 0, 1],
    ['a delete without the current value', [rome, OK, OK, remove('m1')], 0, 1],
    ['the old value left beside the new', [rome, OK, OK, add('Mira lives in Oslo')], 0, 0],
    ['only ever the current value', [OK, OK, OK, add('Mira lives in Oslo')], 0, 0],
    ['a failed update', [rome, OK, OK, update('m7', 'Mira lives in Oslo')], 0, 0],
    ['a delete that is not confirmed', [rome, calling('Delete_memory', { memory_id: 'm1' })], 0, 0],
    ['nothing at all', [], 0, 0],
  ])('with revisions: %s', async (_, texts, meaningful, any) => {
    expect(await maintenance(texts, MIRA_TASK)).toBe(meaningful);
    expect(await maintenance(texts, MIRA_TASK, 'any')).toBe(any);
  });

  it.each<[string, readonly string[], number]>([
    ['something good stored', [add('Mira lives in Oslo')], 1],
    ['nothing stored', [], 0],
    ['only chatter stored', [OK, add('Lovely weather')], 0],
    ['chatter stored and deleted', [add('Mira lives in Oslo'), add('Lovely weather'), remove('m2')], 1],
    ['something good deleted', [add('Mira lives in Oslo'), OK, add('Tom plays the cello'), remove('m1')], 0],
    ['something good overwritten', [add('Mira lives in Oslo'), OK, update('m1', 'Tom plays the cello')], 0],
    ['a duplicate deleted', [add('Mira lives in Oslo'), add('Mira: Oslo'), remove('m2')], 1],
  ])('without revisions: %s', async (_, texts, expected) => {
    expect(await maintenance(texts, UNREVISED)).toBe(expected);
  });

  it('is 1 only if every revised fact was corrected', async () => {
    const task: Task = {
      ...MIRA_TASK,
      facts: MIRA_TASK.facts.map((fact) =>
        fact.id === 'f2' ? { ...fact, superseded: ['the flute'] } : fact,
      ),
    };
    const texts = [rome, add('Tom plays the flute'), OK, update('m1', 'Mira lives in Oslo')];
    expect(await maintenance(texts, task)).toBe(0);
    expect(await maintenance([...texts, update('m2', 'Tom plays the cello')], task)).toBe(1);
  });
});

describe('R_mem relevance', () => {
  const relevance = async (texts: readonly string[], task: Task = UNREVISED) =>
    (await reward(texts, { task })).memory.relevance.value;
  const stored = [add('Mira lives in Oslo'), OK, add('Tom plays the cello'), OK, OK];

  it('is the share of the needed facts that were retrieved', async () => {
    expect(await relevance([...stored, retrieve('Mira')])).toBe(1);
    expect(await relevance(stored)).toBe(0);
    const both: Task = { ...UNREVISED, neededFactIds: ['f1', 'f2'] };
    const one = calling('Retrieve_memory', { query: 'Mira lives in Oslo', top_k: 1 });
    expect(await relevance([...stored, one], both)).toBe(0.5);
    const two = calling('Retrieve_memory', { query: 'Tom plays the cello', top_k: 1 });
    expect(await relevance([...stored, one, two], both)).toBe(1);
  });

  it('counts no stale entry, and nothing looked up before the reset', async () => {
    expect(await relevance([add('Mira lives in Rome'), OK, OK, OK, OK, retrieve('Mira')], MIRA_TASK)).toBe(0);
    const mixed = [add('Mira lived in Rome, now in Oslo'), OK, OK, OK, OK, retrieve('Mira')];
    expect(await relevance(mixed, MIRA_TASK)).toBe(0);
    expect(await relevance([add('Mira lives in Oslo'), retrieve('Mira')])).toBe(0);
  });
});

describe('P', () => {
  it('fines rounds above N_max, not at it', async () => {
    const rounds = async (stage3: number) => {
      const texts = [...Array(5).fill(OK), ...Array(stage3 - 1).fill(retrieve('x')), answering('Oslo')];
      const config = { maxRounds: 6, hardRounds: { 1: 9, 2: 9, 3: 9 } };
      return (await reward(texts, { config })).penalty;
    };
    expect(await rounds(6)).toMatchObject({ value: 0, rounds: { value: 0 } });
    expect(await rounds(7)).toMatchObject({ value: -1, rounds: { value: -1, events: [expect.any(Number)] } });
  });

  it('can be earned with the bundled configuration, before its hard cap', async () => {
    const { maxRounds, hardRounds } = BUNDLED_EPISODE_CONFIG;
    const stuck = (retrievals: number) => [...Array(5).fill(OK), ...Array(retrievals).fill(retrieve('x'))];
    const settled = await reward([...stuck(maxRounds - 1), answering('Oslo')]);
    expect(settled.penalty.rounds.value).toBe(0);
    for (const retrievals of [maxRounds, hardRounds[3]]) {
      const { penalty, task } = await reward([...stuck(retrievals), answering('Oslo')]);
      expect(penalty.rounds).toMatchObject({ value: -1 });
      expect(task.value).toBe(retrievals < hardRounds[3] ? 1 : -1);
    }
  });

  it('fines tokens above T_max, not at it', async () => {
    const texts = [OK, OK, OK, OK, OK, answering('Oslo')];
    const used = Number(/T_used = (\d+)/.exec((await reward(texts)).penalty.overflow.formula)?.[1]);
    const at = async (maxContextTokens: number) =>
      (await reward(texts, { config: { maxContextTokens } })).penalty.overflow.value;
    expect(await at(used)).toBe(0);
    expect(await at(used - 1)).toBe(-0.5);
  });

  it('fines malformed steps, at most by 0.5, and refused calls not at all', async () => {
    const malformed = async (count: number) => {
      const chat = Array.from({ length: 7 }, () => ({
        content: 'Hm.',
        kind: 'chatter' as const,
        factIds: [],
      }));
      const task: Task = { ...MIRA_TASK, messages: chat };
      return (await reward(Array(count).fill('nonsense'), { task })).penalty.malformed.value;
    };
    expect(await malformed(0)).toBe(0);
    expect(await malformed(2)).toBeCloseTo(-0.2);
    expect(await malformed(7)).toBe(-0.5);
    expect((await reward([calling('Add_memory', {}), update('m9', 'x')])).penalty.value).toBe(0);
  });
});

describe('weights', () => {
  it('are those of the paper, and of the ablation', async () => {
    const { log } = await play(perfectAgent, { config: ROOMY });
    const appendix = computeReward(log, MIRA_TASK);
    expect(appendix).toEqual(computeReward(log, MIRA_TASK, { preset: 'paper-appendix' }));
    const main = computeReward(log, MIRA_TASK, { preset: 'paper-main' });
    expect(main.total).toBeCloseTo(3 * appendix.total);
    const answerOnly = computeReward(log, MIRA_TASK, { preset: 'answer-only' });
    expect(answerOnly.total).toBe(answerOnly.task.value);
    expect(REWARD_PRESETS['answer-only'].weights).toEqual({ task: 1, context: 0, memory: 0, penalty: 0 });
    const own = computeReward(log, MIRA_TASK, { weights: { task: 0, context: 0, memory: 2, penalty: 1 } });
    expect(own.total).toBeCloseTo(2 * own.memory.value);
    expect(appendix.formula).toMatch(/^0\.333 x 1 \+ 0\.333 x 0\.\d+ \+ 0\.333 x 1 \+ 1 x 0 = 0\.9\d*$/);
  });

  it('refuses a log that is cut at the front or of another task', async () => {
    const { log } = await play(perfectAgent, { config: ROOMY });
    expect(() => computeReward(log.slice(1), MIRA_TASK)).toThrow(IncompleteLogError);
    expect(() => computeReward([], MIRA_TASK)).toThrow(IncompleteLogError);
    expect(() => computeReward(log, { ...MIRA_TASK, id: 'another' })).toThrow('another');
  });
});
