/** Reads worlds of somebody's own with the rules of PDDL and BabyAI; part of the script of the worlds (`tasks/worlds.ts`). */
import { LevelFileError, readLevel } from '../babyai/level-file';
import { ownLevelTask } from '../babyai/own-level';
import { readDomain } from '../pddl/domain';
import { PddlFilesError, taskFromPddl } from '../pddl/own-files';
import { readProblem } from '../pddl/problem';
import { PddlError } from '../pddl/s-expression';
import { WorldTooLargeError } from '../pddl/strips-world';
import type { Task } from '../task';
import type { OwnPlace } from './own-task';
import type { OwnWorld, ReadWorld, WorldReader } from './own-world';

export const worldReader: WorldReader = { readWorld, worldTask, worldTitle };

function readWorld(entry: { readonly [field: string]: unknown }): ReadWorld {
  const [kind, ...others] = Object.keys(entry);
  if (others.length > 0) {
    const message = `A world is ${JSON.stringify({ [kind]: '…' })} and nothing else. Leave this field out.`;
    return { problems: others.map((field) => ({ field, message })) };
  }
  if (kind === 'babyai') {
    if (typeof entry.babyai === 'string') return readBabyAi(entry.babyai);
    return refused('babyai', 'Write the level as one text.');
  }
  const { domain, problem, ...rest } = (entry.pddl ?? {}) as { readonly [field: string]: unknown };
  if (typeof domain !== 'string') return refused('pddl.domain', 'Write the text of the domain file.');
  if (typeof problem !== 'string') return refused('pddl.problem', 'Write the text of the problem file.');
  const [extra] = Object.keys(rest);
  if (extra !== undefined) return refused(`pddl.${extra}`, 'Not known here. Known: domain, problem.');
  return readPddl(domain, problem);
}

function worldTask(world: OwnWorld, place: OwnPlace): Task {
  if ('babyai' in world) return ownLevelTask(world.babyai, place);
  const { set, index, split } = place;
  const { domain, problem } = world.pddl;
  return taskFromPddl(domain, problem, { id: `own/${set}/${index + 1}`, seed: index, split });
}

function worldTitle(world: OwnWorld): string {
  if ('babyai' in world) return /^\s*mission\s*:\s*(.*?)\s*$/im.exec(world.babyai)?.[1] ?? '';
  const domain = readDomain(world.pddl.domain);
  return `${readProblem(world.pddl.problem, domain).name} (${domain.name})`;
}

const refused = (field: string, message: string): ReadWorld => ({ problems: [{ field, message }] });

function readBabyAi(text: string): ReadWorld {
  try {
    readLevel(text);
    return { task: { babyai: text } };
  } catch (error) {
    if (!(error instanceof LevelFileError)) throw error;
    return {
      problems: error.problems.map(({ line, column, message }) => {
        return { field: 'babyai', message: `Line ${line}, column ${column}: ${message}` };
      }),
    };
  }
}

function readPddl(domain: string, problem: string): ReadWorld {
  try {
    readDomain(domain);
  } catch (error) {
    if (!(error instanceof PddlError)) throw error;
    return refused('pddl.domain', error.message);
  }
  try {
    taskFromPddl(domain, problem, { id: 'read', seed: 0, split: 'train' });
    return { task: { pddl: { domain, problem } } };
  } catch (error) {
    if (![PddlError, PddlFilesError, WorldTooLargeError].some((kind) => error instanceof kind)) throw error;
    return refused('pddl.problem', (error as Error).message);
  }
}
