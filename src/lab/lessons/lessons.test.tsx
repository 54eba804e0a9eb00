/**
 * Lessons as data: what they point at and set up is there, every formula can be set, and each question is answered by
 * what it asks for and by nothing else. States come from real episodes and groups.
 */
import katex from 'katex';
import { renderToStaticMarkup } from 'react-dom/server';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { AdapterChoice, GroupRun, InsideToken, ReplayRun } from '../../worker/protocol';
import { framesOf } from '../episode/frames';
import { type Recorded, recordEpisode, recordGroup } from '../episode/recorded.fixture';
import { LANGUAGES, speak } from '../language/language';
import { PART_NAMES, PARTS } from '../shell/parts';
import { DEFAULT_ADDRESS, formatAddress, parseAddress } from '../state/address';
import { initialState, type LabState } from '../state/lab-state';
import { fullTex, KATEX_OPTIONS } from './formula';
import { fits, type Lesson } from './lesson';
import { LessonView } from './lesson-view';
import { LESSONS } from './lessons';

afterEach(() => speak('en'));

const EMPTY = initialState(DEFAULT_ADDRESS);
const lesson = (id: string): Lesson => {
  const found = LESSONS.find((one) => one.id === id);
  if (!found) throw new Error(`There is no lesson ${id}.`);
  return found;
};
const judge = (id: string, state: LabState) => lesson(id).question.check(state);

let perfect: Recorded;
let noisy: Recorded;
let group: GroupRun;
beforeAll(async () => {
  perfect = await recordEpisode({ seed: 3, perfect: true, difficulty: 'tight-context' });
  noisy = await recordEpisode({ seed: 3 });
  group = await recordGroup({ seed: 4 }, 8);
});

interface Played {
  readonly adapter?: AdapterChoice;
  readonly reward?: 'paper-appendix' | 'answer-only' | 'paper-main';
  readonly cursor?: number;
}

/** A lab that has played an episode to its end. */
function labAfter(
  played: Recorded,
  { adapter = 'none', reward = 'paper-appendix', cursor }: Played = {},
): LabState {
  const episodeId = 'e1';
  const options = { adapter, dice: 1, reward } as const;
  return {
    ...EMPTY,
    cursor: cursor ?? null,
    episode: {
      episodeId,
      opened: { episodeId, task: played.task, options, distractors: null },
      log: played.log,
      streaming: [],
      done: true,
      reward: played.reward,
    },
  };
}

/** Indices of the moments that answer a question about a moment. */
function answers(id: string, played: Recorded): number[] {
  return framesOf(played.log)
    .map(({ index }) => index)
    .filter((cursor) => judge(id, labAfter(played, { cursor })).passed);
}

describe('every lesson', () => {
  test('has a name of its own that progress can be kept under', () => {
    expect(LESSONS.length).toBeGreaterThanOrEqual(8);
    expect(new Set(LESSONS.map(({ id }) => id)).size).toBe(LESSONS.length);
  });

  test.each(LESSONS.map((one) => [one.id, one] as const))(
    '%s: formulas can be set, in every language',
    async (_, one) => {
      const formulas = [...one.steps, one.question.after].flatMap(({ formula }) => formula ?? []);
      for (const language of LANGUAGES) {
        await speak(language);
        for (const formula of formulas) {
          expect(katex.renderToString(fullTex(formula), KATEX_OPTIONS)).toContain('<math');
          expect(formula.says.length).toBeGreaterThan(20);
        }
      }
    },
  );

  test.each(LESSONS.map((one) => [one.id, one] as const))(
    '%s: what it sets up can be in an address',
    (_, one) => {
      const setups = [one.begin, ...[...one.steps, one.question.after].flatMap(({ set }) => set?.to ?? [])];
      for (const setup of setups) {
        const address = { ...DEFAULT_ADDRESS, ...setup };
        expect(parseAddress(formatAddress(address))).toEqual(address);
        expect(fits(address, setup)).toBe(true);
      }
    },
  );

  test.each(LESSONS.map((one) => [one.id, one] as const))(
    '%s: nothing done is no answer, and the question does not give itself away',
    (_, one) => {
      expect(one.question.check(EMPTY).passed).toBe(false);
      expect(one.steps.length).toBeGreaterThanOrEqual(3);
      for (const { at } of [...one.steps, one.question, one.question.after]) {
        if (at) expect(PART_NAMES).toContain(at);
      }
    },
  );
});

describe('questions about a moment', () => {
  test('two memories: the reset alone', () => {
    const reset = framesOf(perfect.log).findIndex(({ kind }) => kind === 'reset');
    expect(answers('two-memories', perfect)).toEqual([reset]);
    // Where a follower of the episode stands at its end.
    expect(judge('two-memories', labAfter(perfect)).passed).toBe(false);
  });

  test('six tools: every moment in which a tool took tokens away, and no other', () => {
    const expected = framesOf(perfect.log)
      .filter(({ from, to }) => perfect.log.slice(from, to).some((event) => event.type === 'message-removed'))
      .map(({ index }) => index);
    expect(expected.length).toBeGreaterThan(0);
    expect(answers('six-tools', perfect)).toEqual(expected);
    const reset = framesOf(perfect.log).findIndex(({ kind }) => kind === 'reset');
    expect(judge('six-tools', labAfter(perfect, { cursor: reset })).words).toContain('not by a tool');
  });

  test('three stages: where a retrieval after the reset found something', () => {
    const expected = framesOf(perfect.log)
      .filter(({ from, to }) =>
        perfect.log
          .slice(from, to)
          .some(
            (event) =>
              event.type === 'tool-called' &&
              event.stage === 3 &&
              event.outcome.ok &&
              event.outcome.effect.kind === 'retrieved',
          ),
      )
      .map(({ index }) => index);
    expect(expected.length).toBeGreaterThan(0);
    expect(answers('three-stages', perfect)).toEqual(expected);
  });
});

describe('rewards', () => {
  const paid = (total: number, task: number): Recorded => ({
    ...noisy,
    reward: { ...noisy.reward, total, task: { ...noisy.reward.task, value: task } },
  });

  test('well paid for a wrong answer, with the weights of the question', () => {
    expect(judge('rewards', labAfter(paid(0.4, 0))).passed).toBe(true);
    expect(judge('rewards', labAfter(paid(0.41, -1))).passed).toBe(true);
    expect(judge('rewards', labAfter(paid(0.39, 0))).words).toContain('less than 0.4');
    expect(judge('rewards', labAfter(paid(0.9, 1))).words).toContain('right');
    expect(judge('rewards', labAfter(paid(0.9, 0.5))).passed).toBe(false);
    expect(judge('rewards', labAfter(paid(1.2, 0), { reward: 'paper-main' })).passed).toBe(false);
  });

  test('an episode under way is not judged', () => {
    const state = labAfter(paid(0.5, 0));
    if (!state.episode) throw new Error('There is an episode.');
    const open = { ...state, episode: { ...state.episode, done: false, reward: null } };
    expect(judge('rewards', open)).toMatchObject({ passed: false });
  });
});

describe('groups', () => {
  const withStatistics = (part: Partial<GroupRun['statistics']>): LabState => ({
    ...EMPTY,
    group: { ...group, statistics: { ...group.statistics, ...part } },
  });

  test('a group without spread, not one with little', () => {
    expect(judge('group', withStatistics({ zeroSpread: true, std: 0 })).passed).toBe(true);
    expect(judge('group', withStatistics({ zeroSpread: false, std: 1e-3 })).passed).toBe(false);
  });

  /**
   * A fork of step 2 of the first rollout, whose credit there by broadcast and by fork is as given. What came of the
   * step is 0.3 either way, known to `error`.
   */
  const forked = (broadcast: number, byFork: number, error = 0.1): LabState => {
    const [own, ...others] = group.rollouts;
    const steps = own.stepAdvantages.map(() => broadcast);
    return {
      ...EMPTY,
      group: { ...group, rollouts: [{ ...own, stepAdvantages: steps }, ...others] },
      groupLook: {
        regrouped: null,
        fork: {
          rollout: 0,
          run: {
            step: 2,
            rollouts: [{ ...own, advantage: byFork }],
            statistics: {
              ...group.statistics,
              mean: own.reward.total - 0.3 * Math.sign(byFork),
              std: error,
            },
          },
        },
      },
    };
  };

  test('a step that broadcast and fork judge differently, not one on which they agree', () => {
    expect(judge('credit', forked(0.5, -0.7))).toEqual({
      passed: true,
      words: 'Step 2 of rollout 1 gets +0.5 by broadcast and −0.7 by the fork: they push it opposite ways.',
    });
    expect(judge('credit', forked(0.5, 0)).words).toContain('nothing was left to decide');
    expect(judge('credit', forked(0, 0.5)).passed).toBe(true);
    expect(judge('credit', forked(0.5, 0.1)).passed).toBe(false);
    expect(judge('credit', forked(-0.5, -0.1)).passed).toBe(false);
    expect(judge('credit', forked(0.5, -0.7, 0.31))).toEqual({
      passed: false,
      words:
        'Step 2 of rollout 1: what came from it on is −0.3, less than the error of ± 0.31. That is too close to tell. Fork it with more continuations, or another step.',
    });
    expect(judge('credit', forked(0, 0.5, 0.31)).passed).toBe(false);
    expect(judge('credit', { ...EMPTY, group }).words).toContain('forked yet');
  });
});

describe('LoRA', () => {
  const looked = (adapter: AdapterChoice, delta: number | null, episodeId = 'e1'): LabState => ({
    ...labAfter(noisy, { adapter }),
    looked: {
      place: { episodeId, step: 1, token: 0, layer: 2 },
      look: {
        layer: 2,
        deltas: delta === null ? [] : [{ module: 'q_proj', delta, output: 5 }],
      } as unknown as InsideToken,
    },
  });

  test('a look at what the adapter of this tab added to the episode on view', () => {
    expect(judge('lora', looked('trained', 0.01))).toEqual({
      passed: true,
      words: 'In layer 3 it added most to `q_proj`: a vector of norm 0.01 in an output of norm 5.',
    });
    expect(judge('lora', looked('trained', 0)).passed).toBe(false);
    expect(judge('lora', looked('shipped', 2)).words).toContain('shipped');
    expect(judge('lora', looked('none', null)).words).toContain('base policy');
    expect(judge('lora', looked('trained', 0.01, 'an earlier one')).passed).toBe(false);
  });
});

describe('before and after', () => {
  const run = (adapter: AdapterChoice, total: number): ReplayRun => ({
    adapter,
    log: noisy.log,
    reward: { ...noisy.reward, total },
  });
  const compared = (...comparison: ReplayRun[]): LabState => ({ ...EMPTY, comparison });

  test('an adapter that is paid less than the base policy', () => {
    expect(judge('before-after', compared(run('none', 0.2), run('shipped', -1.3))).passed).toBe(true);
    expect(judge('before-after', compared(run('none', 0.2), run('shipped', 0.9))).passed).toBe(false);
    expect(judge('before-after', compared(run('none', 0.2), run('shipped', 0.2))).passed).toBe(false);
    expect(
      judge('before-after', compared(run('none', 0.2), run('shipped', 0.9), run('trained', 0.1))).passed,
    ).toBe(true);
    expect(judge('before-after', compared(run('none', 0.2))).passed).toBe(false);
  });
});

describe('as markup', () => {
  const view = (one: Lesson, at: number, state: LabState, blocked = false) =>
    renderToStaticMarkup(
      <LessonView
        lesson={one}
        number={1}
        of={LESSONS.length}
        at={at}
        passedBefore={false}
        state={state}
        blocked={blocked}
        onStep={() => undefined}
        onPassed={() => undefined}
        onSet={() => undefined}
        onShow={() => undefined}
        onNext={() => undefined}
      />,
    );

  test('a lab that stands otherwise is offered to be set up, unless the policy is busy', () => {
    const [first] = LESSONS;
    const ready = { ...EMPTY, address: { ...DEFAULT_ADDRESS, ...first.begin } };
    expect(view(first, 0, ready)).not.toContain('Set the lab up');
    expect(view(first, 0, EMPTY)).toContain('<button type="button">Set the lab up');
    expect(view(first, 0, EMPTY, true)).toContain('<button type="button" disabled="">Set the lab up');
  });

  test('what comes after the answer is not shown before it', () => {
    const one = lesson('two-memories');
    const reset = framesOf(perfect.log).findIndex(({ kind }) => kind === 'reset');
    expect(view(one, one.steps.length, labAfter(perfect))).not.toContain('Next lesson');
    const passed = view(one, one.steps.length, labAfter(perfect, { cursor: reset }));
    expect(passed).toContain('That is it.');
    expect(passed).toContain('Next lesson');
  });

  test('a part that the link hides is named and can be brought back', () => {
    const one = lesson('two-memories');
    const html = view(one, 0, { ...EMPTY, address: { ...DEFAULT_ADDRESS, hide: ['policy'] } });
    expect(html).toContain(`${PARTS.policy} is hidden by this link.`);
    expect(html).toContain('Bring it back');
  });
});
