import { describe, expect, it } from 'vitest';
import { LADDER } from './ladder';
import { qaFamily } from './qa/family';
import { createRandom } from './random';
import { taskFamily, UnknownTaskFamilyError } from './registry';
import { BESIDE, roomsFamily } from './rooms';
import { ACTION_LIMIT, roomsWorld, TaskWorldError } from './rooms-world';
import type { Task } from './task';

const TASKS: readonly Task[] = LADDER.flatMap((difficulty) =>
  Array.from({ length: 100 }, (_, seed) => roomsFamily.generate(seed, 'train', difficulty)),
);

function play(task: Task, actions: readonly string[]): number {
  const environment = roomsFamily.createEnvironment(task);
  let score = 0;
  for (const action of actions) {
    const outcome = environment.act(action);
    if (outcome.done) score = outcome.score ?? Number.NaN;
    if (environment.done) break;
  }
  return score;
}

/** Where the box is, from the facts told in stage 1 alone. */
function remembered(task: Task): string {
  const { target } = roomsWorld(task);
  const beside = task.facts.find((fact) => fact.subject === target && fact.relation === BESIDE)?.value;
  return (
    task.facts.find((fact) => fact.subject === (beside ?? target) && fact.relation !== BESIDE)?.value ?? ''
  );
}

describe('rooms', () => {
  it('is solved in two actions by an expert that remembers', () => {
    for (const task of TASKS) {
      expect(play(task, [`go ${remembered(task)}`, `open ${roomsWorld(task).target}`])).toBe(1);
    }
  });

  it('is mostly lost by an expert that does not', () => {
    let total = 0;
    for (const task of TASKS) {
      const { rooms, target } = roomsWorld(task);
      const environment = roomsFamily.createEnvironment(task);
      const order = createRandom(task.id, 'search').shuffle(rooms);
      let observation = '';
      while (!environment.done) {
        const found = observation.includes(target);
        const outcome = environment.act(found ? `open ${target}` : `go ${order.pop()}`);
        observation = outcome.observation ?? '';
        total += outcome.score ?? 0;
      }
    }
    // One room in five at the first try (score 1), one at the second (0.5): about 0.3.
    expect(total / TASKS.length).toBeLessThan(0.45);
    expect(total / TASKS.length).toBeGreaterThan(0.15);
  });

  it('takes articles, capitals and punctuation, and explains what it does not understand', () => {
    const task = roomsFamily.generate(1, 'train', 'several');
    const room = remembered(task);
    expect(play(task, [`Go to the ${room.toUpperCase()}.`, `Open the ${roomsWorld(task).target}!`])).toBe(1);
    const environment = roomsFamily.createEnvironment(task);
    expect(environment.act('sing').observation).toContain('"look"');
    expect(environment.act('open toString').observation).toContain('"look"');
    expect(environment.done).toBe(false);
    expect(environment.act('go constructor')).toEqual({ done: true, score: 0 });
  });

  it('charges a detour and ends at the limit', () => {
    const task = roomsFamily.generate(2, 'train', 'revisions');
    const { target } = roomsWorld(task);
    const room = remembered(task);
    expect(play(task, ['look', `go ${room}`, `open ${target}`])).toBe(0.5);
    expect(play(task, Array<string>(ACTION_LIMIT).fill('look'))).toBe(0);
    expect(play(task, [`open ${target}`, `go ${room}`, `open ${target}`])).toBe(0.5);
  });

  it('tells of another house only in distractors, and never names the right room there', () => {
    for (const task of TASKS) {
      const gold = task.facts.flatMap((fact) => [fact.value, ...fact.superseded]);
      for (const { content } of task.distractors) {
        expect(content).toMatch(/^(In the other house|Next door), /);
        for (const room of gold) expect(content.replace(/[.,]/g, '').split(' ')).not.toContain(room);
      }
    }
  });

  it('refuses a task without a house', () => {
    expect(() => roomsFamily.createEnvironment(qaFamily.generate(1, 'train', 'several'))).toThrow(
      TaskWorldError,
    );
  });
});

describe('taskFamily', () => {
  it('finds both families and names them when asked for another', () => {
    expect(taskFamily('qa')).toBe(qaFamily);
    expect(taskFamily('rooms')).toBe(roomsFamily);
    expect(() => taskFamily('chess')).toThrow(UnknownTaskFamilyError);
    expect(() => taskFamily('chess')).toThrow(/qa, rooms/);
  });
});
