/**
 * Against what AgentBoard's own environment did (recorded; see the README beside the records): five figures in every
 * state of every plan and walk, and every sentence to the byte. The records may not be copied here, so this is
 * skipped where they are not at hand.
 */
import { describe, expect, test } from 'vitest';
import { recordsOf } from '../records.fixture';
import type { Domain } from './domain';
import { DOMAINS } from './domains';
import { type Problem, readProblem } from './problem';
import { apply, isApplicable, StripsWorld } from './strips-world';
import { TextWorld } from './text-world';

const { there, lines } = recordsOf('pddl');

type StateRow = readonly [number, number, number, number, number];
interface Run {
  readonly actions: readonly string[];
  readonly states: readonly StateRow[];
}
interface ProblemRecord {
  readonly id: string;
  readonly domain: string;
  readonly problem: Problem;
  readonly ground_actions: number;
  readonly plan: Run | null;
  readonly walk: Run;
}
interface TextRecord {
  readonly id: string;
  readonly domain: string;
  readonly problem: string;
  readonly goal: string;
  readonly initial: string;
  readonly valid_at_start: readonly string[];
  readonly steps: readonly (readonly [string, string, number, boolean, boolean])[];
}

const domains = new Map(lines<Domain & { domain: string }>('domains.jsonl').map((d) => [d.domain, d]));
const problems = lines<ProblemRecord>('problems.jsonl');
const texts = lines<TextRecord>('text.jsonl');

const worldOf = ({ domain, problem }: ProblemRecord) =>
  new StripsWorld(domains.get(domain) as Domain, problem);

describe.skipIf(!there)('PDDL as AgentBoard plays it', () => {
  test('our four domains have the same rules', () => {
    const sorted = (atoms: readonly (readonly string[])[]) => atoms.map((atom) => atom.join(' ')).sort();
    const rules = ({ types, constants, predicates, actions }: Domain) => ({
      types,
      constants,
      predicates,
      actions: actions.map(({ name, parameters, pre, add, del }) => ({
        name,
        parameters,
        pre: sorted(pre),
        add: sorted(add),
        del: sorted(del),
      })),
    });
    expect(domains.size).toBe(4);
    for (const [name, recorded] of domains) {
      expect(rules(DOMAINS[name as keyof typeof DOMAINS]), name).toEqual(rules(recorded));
    }
  });

  test('the reader gets the 36 problems back from PDDL written of them', () => {
    const written = ({ name, domain, objects, init, goal }: Problem) => {
      const list = (atoms: readonly (readonly string[])[]) =>
        atoms.map((atom) => `(${atom.join(' ')})`).join(' ');
      const typed = Object.entries(objects).map((pair) => pair.join(' - '));
      return `(define (problem ${name}) (:domain ${domain})
        (:objects ${typed.join(' ')}) (:init ${list(init)}) (:goal (and ${list(goal)})))`;
    };
    for (const { id, domain, problem } of problems) {
      expect(readProblem(written(problem), DOMAINS[domain as keyof typeof DOMAINS]), id).toEqual(problem);
    }
    expect(problems).toHaveLength(36);
  });

  test('five figures in all 1,727 states of 36 plans and 36 walks', () => {
    let states = 0;
    for (const record of problems) {
      const world = worldOf(record);
      expect(world.actions.length, record.id).toBe(record.ground_actions);
      for (const run of [record.plan, record.walk]) {
        if (!run) continue;
        let state = world.start;
        let progress = 0;
        run.states.forEach((row, i) => {
          if (i > 0) {
            const asked = run.actions[i - 1];
            const action = world.actions.find(
              ({ schema, args }) => [schema.name, ...args].join(' ') === asked,
            );
            if (!action) throw new Error(`${record.id}: no action ${asked}`);
            expect(isApplicable(action, state)).toBe(true);
            state = apply(action, state);
            progress = Math.max(progress, world.satisfied(state) / world.goal.length);
          }
          const applicable = world.applicable(state);
          const figures = [
            applicable.filter(({ distinct }) => distinct).length,
            applicable.length,
            world.satisfied(state),
            Number(progress.toFixed(6)),
            state.size,
          ];
          expect(figures, `${record.id} state ${i}`).toEqual(row);
          states++;
        });
      }
    }
    expect(states).toBe(1727);
  });

  test('every goal, observation, progress, end and validity in 1,850 steps along plans and walks', () => {
    let steps = 0;
    for (const record of texts) {
      const problem = problems.find(({ id }) => id === record.problem) as ProblemRecord;
      const played = new TextWorld(worldOf(problem), record.domain);
      expect(played.goal, record.id).toBe(record.goal);
      expect(played.initial, record.id).toBe(record.initial);
      expect(played.validActions(), record.id).toEqual([...record.valid_at_start].sort());
      for (const [action, observation, reward, done, valid] of record.steps) {
        expect(played.step(action), `${record.id}: ${action}`).toEqual({ observation, reward, done, valid });
        steps++;
      }
    }
    expect(steps).toBe(1850);
  });
});
