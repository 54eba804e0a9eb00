/** Worlds of somebody's own: recognised in files, kept in a set to the byte, played, and refused with line and column. */
import { describe, expect, test } from 'vitest';
import { babyAiFamily } from '../babyai/family';
import { DOMAIN_TEXTS } from '../pddl/domains';
import { containsPhrase } from '../phrase';
import { playByExpert } from '../play.fixture';
import { createRandom } from '../random';
import { taskFamily } from '../registry';
import '../worlds';
import { entryTask } from './entry';
import { KESTREL } from './own.fixture';
import { readOwnFiles } from './own-files';
import { isWorld, worldReader } from './own-world';
import { readSetFile, SET_LIMITS, setFile, TaskFileError, tasksText } from './set-file';

const MUTATIONS = process.env.SOAK ? 20_000 : 400;

const LEVEL = `; a hall
mission: go to the green ball
b = green ball
d = red door
map:
#########
#>..d.b.#
#########
`;
/** A domain that the lab has not, with words of AgentBoard's that mean something else here. */
const ROVERS = `; rovers
(define (domain rovers)
  (:types rover rock base - object)
  (:predicates (at ?r - rover ?b - base ?by - rock) (have ?r - rover) (quiet))
  (:action move
    :parameters (?r - rover ?from - base ?to - base ?by - rock)
    :precondition (at ?r ?from ?by)
    :effect (and (at ?r ?to ?by) (not (at ?r ?from ?by)) (quiet) (have ?r))))`;
const TRIP = `(define (problem trip) (:domain rovers)
  (:objects spirit - rover north south - base pebble - rock)
  (:init (at spirit north pebble))
  (:goal (and (at spirit south pebble) (have spirit) (quiet))))`;
const SWAP = `(define (problem swap) (:domain blocksworld-4ops)
  (:objects a b c) (:init (arm-empty) (on-table a) (on b a) (clear b) (on-table c) (clear c))
  (:goal (and (on a b))))`;

const files = (...pairs: readonly (readonly [string, string])[]) =>
  readOwnFiles(pairs.map(([name, text]) => ({ name, text })));
const place = { set: 'mine', index: 2, split: 'evaluation' } as const;

function problemsOf(work: () => unknown): readonly string[] {
  try {
    work();
  } catch (error) {
    if (!(error instanceof TaskFileError)) throw error;
    return error.problems.map(({ at, field, message }) => [at, field, message].filter(Boolean).join(' | '));
  }
  return [];
}

/** @param remembers what was said, or the notes that say no more than the facts, or nothing */
function play(entry: Parameters<typeof entryTask>[0], remembers: 'messages' | 'notes' | 'nothing') {
  const task = entryTask(entry, place);
  const texts = {
    messages: [...task.messages, ...task.distractors].map(({ content }) => content),
    notes: task.facts.map(({ subject, relation, value }) => `${subject} ${relation} ${value}`),
    nothing: [],
  }[remembers];
  return playByExpert(taskFamily(task.family), task, texts).metrics.success;
}

describe('files of worlds', () => {
  test('a level, a domain with its problems, one file with both, and a problem of a domain that the lab has', () => {
    const level = files(['hall.txt', LEVEL]).tasks;
    expect(level).toEqual([{ babyai: LEVEL }]);
    const pair = files(['rovers.pddl', ROVERS], ['trip.pddl', TRIP]).tasks;
    expect(pair).toEqual([{ pddl: { domain: ROVERS, problem: TRIP } }]);
    expect(files(['trip.pddl', TRIP], ['rovers.pddl', ROVERS]).tasks).toEqual(pair);
    expect(files(['both.pddl', `${ROVERS}\n\n; and\n${TRIP}\n`]).tasks).toMatchObject([
      { pddl: { problem: TRIP } },
    ]);
    expect(files(['swap.pddl', SWAP]).tasks).toEqual([
      { pddl: { domain: DOMAIN_TEXTS.blockworld.trim(), problem: SWAP } },
    ]);
    const all = files(
      ['a.jsonl', setFile('Mixed', tasksText([KESTREL]))],
      ['hall.txt', LEVEL],
      ['swap.pddl', SWAP],
    );
    expect(all.name).toBe('Mixed');
    expect(all.tasks).toHaveLength(3);
  });

  test.each([
    ['a level', [['hall.txt', LEVEL.replace('#>..d', '#>..z')]], /^Line 7, column 5: /],
    [
      'one file with both',
      [['both.pddl', `${ROVERS}\n${TRIP.replace('(have spirit)', '(have rock9)')}`]],
      /^Line 12, column 40: "rock9"/,
    ],
    [
      'two files, the problem',
      [
        ['rovers.pddl', ROVERS],
        ['trip.pddl', TRIP.replace('north pebble', 'north')],
      ],
      /^trip\.pddl \| Line 3, column 10: .*takes 3/,
    ],
    [
      'two files, the domain',
      [
        ['rovers.pddl', ROVERS.replace(':types', ':axiom')],
        ['trip.pddl', TRIP],
      ],
      /^rovers\.pddl \| Line 3, column 3: /,
    ],
    ['a bracket too few', [['trip.pddl', TRIP.slice(0, -1)]], /^Line 1, column 1: .*never closed/],
    ['a problem alone', [['trip.pddl', TRIP]], /for the domain "rovers"\. Choose the file of that domain/],
    ['a domain alone', [['rovers.pddl', ROVERS]], /No problem for the domain "rovers" was chosen/],
    ['no domain', [['x.pddl', '(define (problem x))']], /for the domain ""/],
  ] as const)('%s: what is wrong, with line and column', (_, given, words) => {
    const [first, ...others] = problemsOf(() => files(...(given as readonly (readonly [string, string])[])));
    expect(first).toMatch(words);
    expect(others).toEqual([]);
  });

  test('whatever is cut, doubled or swapped is taken or refused by name', () => {
    const random = createRandom('own worlds');
    let refused = 0;
    for (let i = 0; i < MUTATIONS; i++) {
      const text = random.pick([LEVEL, `${ROVERS}\n${TRIP}`, SWAP, tasksText([{ babyai: LEVEL }])]);
      const at = random.int(text.length);
      const put = random.pick([
        '',
        '(',
        ')',
        ';',
        '\n',
        '{',
        '"',
        '#',
        'map:\n',
        '🙂',
        '(define (problem x))',
      ]);
      const changed = text.slice(0, at) + put + text.slice(at + random.int(6));
      refused += problemsOf(() => files(['x', changed])).length > 0 ? 1 : 0;
    }
    expect(refused).toBeGreaterThan(MUTATIONS / 4);
    expect(problemsOf(() => files(['x', '()'.repeat(50_000)])).length).toBeGreaterThan(0);
  });
});

describe('in a set', () => {
  const tasks = [KESTREL, { babyai: LEVEL }, { pddl: { domain: ROVERS, problem: TRIP } }];

  test('worlds go out, in and out again as the same bytes, beside tasks in words', () => {
    const file = setFile('Mixed “é”', tasksText(tasks));
    const read = readSetFile(file);
    expect(read.tasks).toEqual(tasks);
    expect(setFile(read.name ?? '', tasksText(read.tasks))).toBe(file);
    const turned = JSON.stringify({ pddl: { problem: TRIP, domain: ROVERS } });
    expect(tasksText(readSetFile(turned).tasks)).toBe(tasksText([tasks[2]]));
  });

  test.each([
    [{ babyai: 3 }, 'line 1 | babyai | Write the level as one text.'],
    [{ babyai: LEVEL, question: '?' }, /^line 1 \| question \| A world is .* Leave this field out/],
    [{ pddl: null }, 'line 1 | pddl.domain | Write the text of the domain file.'],
    [{ pddl: { domain: ROVERS } }, 'line 1 | pddl.problem | Write the text of the problem file.'],
    [{ pddl: { domain: ROVERS, problem: TRIP, plan: '' } }, /pddl\.plan \| Not known here/],
    [{ pddl: { domain: '(define', problem: TRIP } }, /pddl\.domain \| Line 1, column 1: /],
    [{ pddl: { domain: ROVERS, problem: SWAP } }, /pddl\.problem \| .*belong together|not declared/],
    [{ babyai: 'map:\n##\n' }, /^line 1 \| babyai \| Line \d+, column \d+: /],
  ])('%j is refused with its place', (entry, words) => {
    expect(problemsOf(() => readSetFile(JSON.stringify(entry)))[0]).toMatch(words);
  });

  test('a set has room for so many worlds', () => {
    const text = tasksText(Array(SET_LIMITS.worlds + 1).fill({ babyai: LEVEL }));
    expect(problemsOf(() => readSetFile(text))).toEqual([
      'There are 101 worlds; at most 100 are read. Split the file.',
    ]);
  });

  test('what they are called, and their tasks', () => {
    const worlds = tasks.filter((entry) => isWorld(entry));
    expect(worlds.map((world) => worldReader().worldTitle(world))).toEqual([
      'go to the green ball',
      'trip (rovers)',
    ]);
    const { facts } = entryTask(worlds[1], place);
    expect(facts.map(({ subject, relation, value }) => [subject, relation, value])).toEqual([
      ['at spirit', 'south', 'pebble'],
      ['You', 'have', 'spirit'],
      ['quiet', 'is', 'true'],
    ]);
    for (const world of worlds) {
      const task = entryTask(world, place);
      expect(task).toMatchObject({ id: 'own/mine/3', seed: 2, split: 'evaluation' });
      for (const { id, subject, value } of task.facts) {
        const said = task.messages.find(({ factIds }) => factIds.includes(id))?.content ?? '';
        expect(
          containsPhrase(said, subject) && containsPhrase(said, value),
          `${said}: ${subject}, ${value}`,
        ).toBe(true);
      }
    }
    expect(babyAiFamily.createEnvironment(entryTask(worlds[0], place)).observe()).toMatch(
      /go to the green ball/,
    );
  });

  test('the demonstrator does them with what was told; of a goal it was not told it knows nothing', () => {
    const swap = { pddl: { domain: DOMAIN_TEXTS.blockworld, problem: SWAP } };
    expect([tasks[1], tasks[2], swap].map((entry) => play(entry, 'messages'))).toEqual([1, 1, 1]);
    expect([tasks[1], tasks[2], swap].map((entry) => play(entry, 'notes'))).toEqual([1, 1, 1]);
    expect([tasks[2], swap].map((entry) => play(entry, 'nothing'))).toEqual([0, 0]);
    const [distractor] = entryTask(swap, place).distractors;
    expect(distractor.content).toBe('In the workshop next door it must be so: a is on c.');
  });
});
