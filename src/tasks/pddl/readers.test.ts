/** The readers: what they take, and that whatever else comes is an error with a place, never anything worse. */
import { describe, expect, test } from 'vitest';
import { playByExpert } from '../play.fixture';
import { createRandom } from '../random';
import { readDomain } from './domain';
import { DOMAIN_TEXTS, DOMAINS } from './domains';
import { pddlFamily } from './family';
import { PddlFilesError, taskFromPddl } from './own-files';
import { readProblem } from './problem';
import { PddlError, readSExpression } from './s-expression';
import { StripsWorld, WorldTooLargeError } from './strips-world';
import { TextWorld } from './text-world';

const PLACE = { id: 'own/x/1', seed: 0, split: 'evaluation' } as const;
const MUTATIONS = process.env.SOAK ? 20_000 : 600;

const PROBLEM = `; two blocks
(define (problem swap) (:domain blocksworld-4ops)
  (:objects a b)
  (:init (arm-empty) (on-table a) (on b a) (clear b))
  (:goal (and (on a b))))`;

describe('reading PDDL', () => {
  test('case, comments, and a variable without a space before it', () => {
    const domain = readDomain(
      '(DEFINE (domain D) ; x\n (:predicates (P ?l - level?l1 - LEVEL)) (:types level))',
    );
    expect(domain).toMatchObject({
      name: 'd',
      predicates: { p: ['level', 'level'] },
      types: { level: 'object' },
    });
  });

  test('a problem: objects, start and goal', () => {
    const problem = readProblem(PROBLEM, DOMAINS.blockworld);
    expect(problem).toMatchObject({
      name: 'swap',
      objects: { a: 'object', b: 'object' },
      goal: [['on', 'a', 'b']],
    });
    expect(problem.init).toContainEqual(['on', 'b', 'a']);
  });

  test.each([
    ['', 1, 1, /empty/],
    ['(define', 1, 1, /never closed/],
    ['(define))', 1, 9, /comes after the end/],
    [')', 1, 1, /without its/],
    ['(a)\n  (b)', 2, 3, /after the end/],
    ['(problem)', 1, 1, /begins with \(define/],
    ['(define (problem x))', 1, 9, /not a domain.*other file/],
    ['(define (domain d)\n (:requirements :adl))', 2, 17, /beyond what is played/],
    ['(define (domain d)\n (:axiom))', 2, 2, /no part of a domain/],
    [
      '(define (domain d) (:predicates (p ?x))\n (:action a :parameters (?x) :precondition (not (p ?x))))',
      2,
      44,
      /beyond STRIPS/,
    ],
    [
      '(define (domain d) (:predicates (p ?x))\n (:action a :parameters (?x) :effect (p ?y)))',
      2,
      2,
      /"\?y".*parameter/,
    ],
    ['(define (domain d)\n (:action a :parameters (?x) :effect (q ?x)))', 2, 2, /not declared/],
    [
      '(define (domain d) (:predicates (p ?x))\n (:action a :parameters (?x) :effect (p ?x ?x)))',
      2,
      2,
      /takes 1/,
    ],
  ])('domain %j: line %i, column %i', (text, line, column, words) => {
    const error = errorOf(() => readDomain(text));
    expect(error).toBeInstanceOf(PddlError);
    expect(error.message).toMatch(words);
    expect((error as PddlError).where).toMatchObject({ line, column });
  });

  test.each([
    [PROBLEM.replace('(clear b)', '(clear c)'), 4, /"c" is not among the :objects/],
    [PROBLEM.replace('(on b a)', '(under b a)'), 4, /"under" is not declared/],
    [PROBLEM.replace('(on a b)', '(on a)'), 5, /takes 2/],
    [PROBLEM.replace('(:goal (and (on a b)))', ''), 1, /no goal/],
    [PROBLEM.replace('(:objects a b)', '(:objects a b - cube)'), 3, /type "cube"/],
  ])('problem %#: line %i', (text, line, words) => {
    const error = errorOf(() => readProblem(text, DOMAINS.blockworld));
    expect(error.message).toMatch(words);
    expect((error as PddlError).where.line).toBe(line);
  });

  test('files with pieces missing, doubled or swapped end in an error with a place, or are read', () => {
    const random = createRandom('pddl readers');
    let refused = 0;
    for (let i = 0; i < MUTATIONS; i++) {
      const domainText = mutated(random, random.pick(Object.values(DOMAIN_TEXTS)));
      try {
        readDomain(domainText);
      } catch (error) {
        expect(error).toBeInstanceOf(PddlError);
        refused++;
      }
      try {
        taskFromPddl(DOMAIN_TEXTS.blockworld, mutated(random, PROBLEM), PLACE);
      } catch (error) {
        expect([PddlError, PddlFilesError, WorldTooLargeError].some((kind) => error instanceof kind)).toBe(
          true,
        );
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(MUTATIONS / 2);
  });

  test('nesting without end and names of prototypes are refused or harmless', () => {
    expect(errorOf(() => readSExpression('('.repeat(100_000))).message).toMatch(/too deeply/);
    const odd =
      '(define (domain d) (:predicates (constructor ?x)) (:action __proto__ :parameters (?x) :effect (constructor ?x)))';
    const domain = readDomain(odd);
    const world = new StripsWorld(domain, {
      name: 'p',
      domain: 'd',
      objects: { tostring: 'object' },
      init: [],
      goal: [['constructor', 'tostring']],
    });
    expect(new TextWorld(world, 'own').step('__proto__ tostring')).toMatchObject({ valid: true, done: true });
  });

  test('a problem with too many ways to act is refused by name', () => {
    const many = Array.from({ length: 60 }, (_, i) => `o${i}`).join(' ');
    const domain = readDomain(
      '(define (domain d) (:predicates (p ?x)) (:action a :parameters (?a ?b ?c ?d ?e) :effect (p ?a)))',
    );
    const problem = readProblem(
      `(define (problem x) (:domain d) (:objects ${many}) (:init) (:goal (p o1)))`,
      domain,
    );
    expect(() => new StripsWorld(domain, problem)).toThrow(WorldTooLargeError);
  });
});

test("a user's two files make a task that can be played to its end", () => {
  const task = taskFromPddl(DOMAIN_TEXTS.blockworld, PROBLEM, PLACE);
  const told = task.messages.map(({ content }) => content);
  expect(told).toEqual(['In the end it must be so: a is on b.']);
  expect(task.query).not.toMatch(/a is on b/i);
  expect(playByExpert(pddlFamily, task, told).metrics).toEqual({ success: 1, progress: 1 });
  expect(() => taskFromPddl(DOMAIN_TEXTS.gripper, PROBLEM, PLACE)).toThrow(/not declared|belong together/);
});

function errorOf(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('no error');
}

/** One to three pieces cut, doubled, exchanged or replaced. */
function mutated(random: ReturnType<typeof createRandom>, text: string): string {
  let result = text;
  for (let n = 1 + random.int(3); n > 0; n--) {
    const at = random.int(result.length);
    const to = at + 1 + random.int(8);
    const piece = result.slice(at, to);
    const other = random.pick(['', piece + piece, '(', ')', '?x', ' - ', 'not', '\u0000', '🙂', ':goal']);
    result = result.slice(0, at) + other + result.slice(to);
  }
  return result;
}
