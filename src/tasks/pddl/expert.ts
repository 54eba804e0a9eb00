/**
 * Somebody who knows the rules of the domain and sees the world, but knows what was told only if it is among the
 * remembered texts. What is not remembered is guessed, one guess after the other: nothing tells which part of a guess
 * was right, so guessing uses up the actions. In a world of the user's own it knows those conditions that are remembered,
 * and guesses nothing.
 */
import { createRandom } from '../random';
import type { Expert, Task } from '../task';
import type { Atom, Domain } from './domain';
import { domainOf, isRecipe, pddlWorld } from './environment';
import { saysCondition } from './own-told';
import { planFrom } from './planner';
import type { Problem } from './problem';
import { apply, type GroundAction, StripsWorld, type WorldState } from './strips-world';
import { actionSentence, TextWorld } from './text-world';
import { meaning, remembered, type Told } from './told';

/** In every answer to an action that did nothing. */
const REFUSED = 'takes no effect';
/** Asked when there is nothing better to do. */
const ASK = 'check valid actions';

export function createPddlExpert(task: Task): Expert {
  const world = pddlWorld(task);
  const { told, possible } = 'told' in world ? world : { told: [], possible: {} };
  return new PddlExpert(domainOf(world), world.problem, told, possible, task.id);
}

class PddlExpert implements Expert {
  /** What holds, what was told left out. */
  private state: readonly Atom[];
  /** The action under way and what holds if it works. */
  private tried: readonly Atom[] | null = null;
  private plan: GroundAction[] = [];
  private world: StripsWorld | null = null;
  private guesses = 0;
  private known = '';

  constructor(
    private readonly domain: Domain,
    private readonly problem: Problem,
    private readonly told: readonly Told[],
    private readonly possible: Readonly<Record<string, readonly string[]>>,
    private readonly key: string,
  ) {
    this.state = problem.init.filter(([predicate]) => !isRecipe(predicate));
  }

  act(observation: string, texts: readonly string[]): string {
    if (this.tried) {
      const refused = this.refused(observation);
      if (!refused) this.state = this.tried;
      else this.plan = [];
      this.tried = null;
    }
    const known = texts.join('\n');
    if (known !== this.known) this.plan = [];
    this.known = known;
    if (this.plan.length === 0) this.replan(texts);
    const action = this.plan.shift();
    if (!action || !this.world) return ASK;
    const { world } = this;
    this.tried = this.factsAfter(action, world, this.stateIn(world));
    return actionSentence(action);
  }

  refused(observation: string): boolean {
    return observation.includes(REFUSED);
  }

  did(action: string): void {
    if (!this.world) return;
    const { world } = this;
    const state = this.stateIn(world);
    const understood = new TextWorld(world, this.problem.domain, state).understood(action);
    this.tried = understood === null ? null : this.factsAfter(understood, world, state);
    this.plan = [];
  }

  private replan(texts: readonly string[]): void {
    this.world = new StripsWorld(this.domain, this.believedProblem(texts));
    this.plan = [...(planFrom(this.world, this.stateIn(this.world), this.world.goal) ?? [])];
  }

  private stateIn(world: StripsWorld): WorldState {
    return world.stateOf([...this.state, ...recipesOf(world)]);
  }

  private factsAfter(action: GroundAction, world: StripsWorld, state: WorldState): readonly Atom[] {
    return world.facts(apply(action, state)).filter(([predicate]) => !isRecipe(predicate));
  }

  private believedProblem(texts: readonly string[]): Problem {
    if (this.told.length === 0) {
      const known = this.problem.goal.filter((atom) => texts.some((text) => saysCondition(text, atom)));
      return { ...this.problem, goal: known };
    }
    const values = this.believed(texts);
    return {
      ...this.problem,
      init: [...this.state, ...this.meant(values, 'recipe')],
      goal: this.meant(values, 'goal'),
    };
  }

  /** Of each told subject the value remembered, else a guess; another one each time. */
  private believed(texts: readonly string[]): readonly string[] {
    const random = createRandom(this.key, 'guess', ++this.guesses);
    return this.told.map((one) => {
      const values = this.possible[one.subject] ?? [];
      return remembered(texts, one, values) ?? random.pick(values);
    });
  }

  private meant(values: readonly string[], what: 'recipe' | 'goal'): readonly Atom[] {
    return this.told.flatMap((one, i) =>
      (one.kind === 'recipe') === (what === 'recipe') ? meaning(one, values[i]) : [],
    );
  }
}

const recipesOf = ({ problem }: StripsWorld): readonly Atom[] =>
  problem.init.filter(([predicate]) => isRecipe(predicate));
