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
import { apply, type GroundAction, isApplicable, StripsWorld, type WorldState } from './strips-world';
import { actionSentence, TextWorld } from './text-world';
import { meaning, remembered, type Told } from './told';

/** In every answer to an action that did nothing. */
const REFUSED = 'takes no effect';
/** Asked in a world of the user's own where what is remembered leads no further: nothing is guessed there. */
const ASK = 'check valid actions';
/** Sets of guesses before it does just anything. */
const MOST_GUESSES = 8;

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
    const { world } = this;
    const action = this.plan.shift() ?? this.anything();
    if (!action || !world) return ASK;
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

  /**
   * Guesses that contradict each other, or that hold already and did not end it, leave nothing to do: others are made,
   * in the end of what is remembered too, which may be out of date.
   */
  private replan(texts: readonly string[]): void {
    const mostGuesses = this.told.length === 0 ? 1 : MOST_GUESSES;
    for (let tried = 0; tried < mostGuesses && this.plan.length === 0; tried++) {
      const trusted = tried < MOST_GUESSES / 2 ? texts : [];
      this.world = new StripsWorld(this.domain, this.believedProblem(trusted));
      this.plan = [...(planFrom(this.world, this.stateIn(this.world), this.world.goal) ?? [])];
    }
  }

  /** Where no guess leads on (a drink that was mixed of the wrong things): what can be done leads elsewhere. */
  private anything(): GroundAction | undefined {
    const { world } = this;
    if (!world || this.told.length === 0) return undefined;
    const state = this.stateIn(world);
    const possible = world.actions.filter((action) => action.distinct && isApplicable(action, state));
    return possible.length > 0 ? createRandom(this.key, 'anything', this.guesses).pick(possible) : undefined;
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
