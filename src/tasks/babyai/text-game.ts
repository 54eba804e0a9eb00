/**
 * The game in words: AgentBoard's BabyAI wrapper (`agentboard/environment/babyai_env.py`, hkust-nlp/AgentBoard,
 * Apache-2.0; written anew). What it prints is kept to the byte, doubled spaces and the line break before
 * " The task is completed." included, and so are its rules:
 *
 * - an action is read in lower case without white space around it; anything with "check" in it lists the actions;
 * - the primitive actions of an action are carried out until one of them changes nothing in view; whether the mission
 *   is done is asked of the last one only, so "toggle and go through" never completes an "open";
 * - an end with a reward of 0.5 or less is announced but is none: the game goes on, after a failure too;
 * - an action that stands for nothing leaves `valid` as it was;
 * - the goal says "and" where the mission says "then" or "after you".
 */
import { ACTIONS, type Game, type StepResult } from './game';
import { type Offers, offersIn } from './offers';
import { isWall, type Sight, sightOf } from './sight';
import { sameView } from './view';

/** An end with no more than this is none. */
const LEAST_REWARD = 0.5;
const NO_CHANGE = 'No change in state.';

export class TextGame {
  readonly goal: string;
  /** The newest observation. */
  observation: string;
  reward = 0;
  done = false;
  /** Whether the last action was one of those offered. */
  valid = false;
  private sight: Sight;
  /** Made when first asked for. */
  private offered: Offers | null = null;

  constructor(readonly game: Game) {
    this.goal = game.mission.replaceAll('then', 'and').replaceAll('after you', 'and');
    this.sight = sightOf(game);
    this.observation = describe(this.sight);
  }

  private get offers(): Offers {
    this.offered ??= offersIn(this.sight);
    return this.offered;
  }

  /** The actions that are offered now, each with the numbers of its primitive actions. */
  get actions(): ReadonlyMap<string, readonly number[]> {
    return this.offers.actions;
  }

  act(text: string): void {
    const action = strip(text.toLowerCase());
    if (action.includes('check')) {
      this.observation = `You can take the following actions: ${[...this.actions.keys()].join(', ')}`;
      this.valid = true;
      return;
    }
    const primitives = this.actions.get(action);
    if (primitives === undefined) {
      this.observation =
        action === ''
          ? NO_CHANGE
          : (this.offers.refusals.get(action) ?? 'The action is not recognized. Please check valid actions.');
      this.valid = false;
      return;
    }
    const result = this.carryOut(primitives);
    if (result) this.update(result);
    else this.observation = NO_CHANGE;
  }

  /** Whether an end at the next step would not count any more. */
  get tooLate(): boolean {
    return !this.done && this.game.rewardAt(this.game.steps + 1) <= LEAST_REWARD;
  }

  private carryOut(primitives: readonly number[]): StepResult | null {
    let result: StepResult | null = null;
    for (const primitive of primitives) {
      const before = this.game.view();
      result = this.game.step(ACTIONS[primitive]);
      if (sameView(before, this.game.view())) break;
    }
    return result;
  }

  private update({ reward, terminated }: StepResult): void {
    this.sight = sightOf(this.game);
    this.offered = null;
    this.observation = describe(this.sight) + (terminated ? '\n The task is completed.' : '');
    this.reward = reward;
    this.done = terminated && reward > LEAST_REWARD;
    this.valid = true;
  }
}

/** White space as Python's `str.strip` sees it. */
function strip(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Python counts these four as white space.
  return text.replace(/^[\s\u0085\u001c-\u001f]+|[\s\u0085\u001c-\u001f]+$/g, '');
}

function describe(sight: Sight): string {
  const { things, barriers, carrying } = sight;
  const counts = new Map<string, number>();
  let text =
    things.length > 0
      ? 'In front of you in this room, you can see several objects: '
      : 'You cannot see any objects within sight.';
  for (const thing of things) {
    if (isWall(thing)) continue;
    const count = (counts.get(thing.name) ?? 0) + 1;
    counts.set(thing.name, count);
    text += `There is a ${thing.name} ${count} ${whereabouts(thing.ahead, thing.right)}  `;
  }
  text += 'The room has walls around you. ';
  const [nearest] = barriers;
  if (nearest) text += `You are facing a ${nearest.name} ${nearest.ahead} steps away. `;
  return `${text}${carrying ? `You are carrying a ${carrying.colour} ${carrying.type}.` : 'You are not carrying anything.'}`;
}

function whereabouts(ahead: number, right: number): string {
  if (right === 0) return `right in front of you ${ahead} steps away.`;
  return `${ahead} steps in front of you and ${Math.abs(right)} steps to your ${right > 0 ? 'right' : 'left'}.`;
}
