/**
 * Stage 3 in a PDDL world: the world of words of AgentBoard, without what was told in stage 1 (`told.ts`). Over when the
 * goal holds or the actions are used up: half more than a plan needs, so that what was refused can be gone on from. The
 * score is the progress rate.
 */
import type { PlanPicture } from '../picture';
import type { EnvironmentOutcome, Task, TaskEnvironment } from '../task';
import { blocksOf } from './blocks';
import { type Domain, readDomain } from './domain';
import { DOMAINS, type DomainName } from './domains';
import type { Instance } from './instances';
import { planFrom } from './planner';
import type { Problem } from './problem';
import { StripsWorld, type WorldState } from './strips-world';
import { TextWorld } from './text-world';
import { capitalised, sentence, stateSentences } from './wording';

/** The task does not carry the world its environment needs. */
export class PddlTaskError extends Error {
  constructor(taskId: string) {
    super(`Task "${taskId}" carries no PDDL world: generate it with the "pddl" family before playing it.`);
    this.name = 'PddlTaskError';
  }
}

/** Of `Task.world`: an instance made here, or a user's own files. */
export type PddlWorld = Instance | OwnWorld;

export interface OwnWorld {
  /** As in the file. */
  readonly domainText: string;
  readonly problem: Problem;
}

/** Actions allowed where no plan was found. */
const LIMIT_WITHOUT_PLAN = 40;

/** @throws PddlTaskError */
export function pddlWorld(task: Task): PddlWorld {
  const { world } = task;
  if (typeof world === 'object' && world !== null && 'problem' in world) return world as PddlWorld;
  throw new PddlTaskError(task.id);
}

export function domainOf(world: PddlWorld): Domain {
  return 'domainText' in world ? readDomain(world.domainText) : DOMAINS[world.domain];
}

/** What the policy is shown first: the world, but neither the goal nor the recipes, which were told. */
export function openingOf(world: PddlWorld, strips: StripsWorld): string {
  const hidden = 'domainText' in world ? () => false : isRecipe;
  const facts = strips.facts(strips.start).filter(([predicate]) => !hidden(predicate));
  return `Bring everything to where I told you. ${stateSentences(facts)}`;
}

/** What a drink is mixed from: told in stage 1, and not shown again. */
export const isRecipe = (predicate: string): boolean => predicate.startsWith('cocktail-part');

export class PddlEnvironment implements TaskEnvironment {
  readonly interactive = true;
  private readonly text: TextWorld;
  private readonly opening: string;
  private limit: number | undefined;
  private readonly taken: { readonly action: string; readonly valid: boolean }[] = [];

  constructor(task: Task) {
    const world = pddlWorld(task);
    const strips = new StripsWorld(domainOf(world), world.problem);
    this.text = new TextWorld(strips, nameOf(world));
    this.opening = openingOf(world, strips);
  }

  /** Found by planning, so not before it is asked for. */
  get actionLimit(): number {
    this.limit ??= actionLimit(this.text.world);
    return this.limit;
  }

  get done(): boolean {
    return this.text.done || this.taken.length >= this.actionLimit;
  }

  observe(): string {
    return this.opening;
  }

  act(action: string): EnvironmentOutcome {
    if (this.done) return { done: true, score: this.scoreSoFar() };
    const { observation, valid } = this.text.step(action);
    this.taken.push({ action, valid });
    return this.done ? { done: true, score: this.scoreSoFar() } : { observation, done: false };
  }

  scoreSoFar(): number {
    return this.text.progress;
  }

  metrics(): Readonly<Record<string, number>> {
    return { success: this.text.done ? 1 : 0, progress: this.text.progress };
  }

  picture(): PlanPicture {
    const { world, state } = this.text;
    const blocks = blocksOf(world.domain.name, world.facts(state));
    return {
      kind: 'plan',
      ...(blocks && { blocks }),
      groups: grouped(world, state),
      goals: world.goal.map((number) => ({
        text: capitalised(sentence(world.atom(number))).trim(),
        holds: state.has(number),
      })),
      taken: [...this.taken],
    };
  }
}

export function nameOf(world: PddlWorld): DomainName | 'own' {
  return 'domainText' in world ? 'own' : world.domain;
}

export function actionLimit(world: StripsWorld): number {
  const plan = planFrom(world, world.start, world.goal);
  return plan ? Math.ceil(plan.length * 1.5) : LIMIT_WITHOUT_PLAN;
}

/** What holds, by the first object it is about. */
function grouped(world: StripsWorld, state: WorldState): PlanPicture['groups'] {
  const groups = new Map<string, string[]>();
  for (const atom of world.facts(state)) {
    const title = atom[1] ?? atom[0];
    const facts = groups.get(title) ?? [];
    facts.push(capitalised(sentence(atom)).trim());
    groups.set(title, facts);
  }
  return [...groups].map(([title, facts]) => ({ title, facts }));
}
