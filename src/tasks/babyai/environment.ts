/**
 * Stage 3 of a BabyAI task: the text game of AgentBoard's wrapper, until the mission is done, no end could count any
 * more, or the limit of actions is reached. The headline figure is success; beside it stand the wrapper's own. Progress counts subgoals as AgentBoard does, in observations, at
 * most one for each of them; the subgoals are ours, since AgentBoard's belong to its data set.
 */
import type { GridPicture } from '../picture';
import type { EnvironmentOutcome, Task, TaskEnvironment } from '../task';
import { Game } from './game';
import { readLevel } from './level-file';
import { TextGame } from './text-game';
import { VIEW_SIZE } from './view';

/** `Task.world` of this family. */
export interface BabyAiWorld {
  /** As `level-file.ts` reads it. */
  readonly level: string;
  /** Actions of the text game, refused ones too, after which the episode is over. */
  readonly limit: number;
  /** What is to be read on the way; parts between asterisks stand in one sentence. */
  readonly subgoals: readonly string[];
}

/** The task does not carry the level its environment needs. */
export class BabyAiWorldError extends Error {
  override readonly name = 'BabyAiWorldError';
  constructor(taskId: string) {
    super(`Task "${taskId}" carries no level: generate it with the "babyai" family before playing it.`);
  }
}

/** Throws `BabyAiWorldError`. */
export function babyAiWorld(task: Task): BabyAiWorld {
  const world = task.world as Partial<BabyAiWorld> | null | undefined;
  if (
    typeof world !== 'object' ||
    typeof world?.level !== 'string' ||
    typeof world.limit !== 'number' ||
    !Array.isArray(world.subgoals)
  ) {
    throw new BabyAiWorldError(task.id);
  }
  return world as BabyAiWorld;
}

/** Whether the parts of a subgoal stand together in one sentence of a text (AgentBoard's `match_style`). */
export function isReached(subgoal: string, text: string): boolean {
  const parts = subgoal.split('*').map((part) => part.replaceAll('.', '').trim());
  return text.split('.').some((sentence) => parts.every((part) => sentence.includes(part)));
}

/** Throws `BabyAiWorldError`, and `LevelFileError` for a level that cannot be read. */
export function createBabyAiEnvironment(task: Task): TaskEnvironment {
  const { level, limit, subgoals } = babyAiWorld(task);
  const text = new TextGame(new Game(readLevel(level)));
  const open = [...subgoals];
  let actions = 0;
  let valid = 0;
  let done = false;

  function noteProgress(): void {
    const reached = open.findIndex((subgoal) => isReached(subgoal, text.observation));
    if (reached >= 0) open.splice(reached, 1);
  }

  return {
    interactive: true,
    actionLimit: limit,
    get done() {
      return done;
    },
    observe: () => `${task.query} ${text.observation}`,
    act(action): EnvironmentOutcome {
      if (done) return { done, score: text.done ? 1 : 0 };
      actions++;
      text.act(action);
      if (text.valid) valid++;
      noteProgress();
      done = text.done || text.tooLate || actions >= limit;
      return done ? { done, score: text.done ? 1 : 0 } : { done, observation: text.observation };
    },
    metrics: () => ({
      success: text.done ? 1 : 0,
      progress: text.done ? 1 : (subgoals.length - open.length) / Math.max(1, subgoals.length),
      reward: text.reward,
      grounding: actions === 0 ? 0 : valid / actions,
    }),
    picture: () => pictureOf(text),
  };
}

function pictureOf({ game, goal }: TextGame): GridPicture {
  const { grid, agent, facing, carrying } = game;
  const seen = Array.from({ length: grid.height }, () => Array<boolean>(grid.width).fill(false));
  const view = game.view();
  view.codes.forEach(([type], at) => {
    const { x, y } = view.cellAt(Math.floor(at / VIEW_SIZE), at % VIEW_SIZE);
    if (type !== 0 && seen[y]?.[x] !== undefined) seen[y][x] = true;
  });
  return {
    kind: 'grid',
    width: grid.width,
    height: grid.height,
    cells: [...grid.objects()].flatMap(([{ type, colour, state }, { x, y }]) =>
      type === 'floor' ? [] : [{ x, y, what: type, colour, ...(type === 'door' && { state }) }],
    ),
    agent: { ...agent, facing },
    carrying: carrying ? `a ${carrying.colour} ${carrying.type}` : null,
    seen,
    goal,
  };
}
