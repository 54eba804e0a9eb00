/**
 * A STRIPS world in words, as AgentBoard plays it (hkust-nlp/AgentBoard, code Apache-2.0, over pddlgym, MIT; written
 * anew; its sentences are kept to the byte, `wording.ts`): an action is any text with the name of an action that can
 * be chosen now and enough names of objects; what comes back is the state (or, in two domains, what is new in it) and
 * the progress: the largest share of the goal that held after any action so far.
 *
 * Its quirks are kept: "check" anywhere in the text lists the actions; an action whose name cannot be chosen now is
 * not understood, one that can but whose conditions fail is told to mind them; an action that changes nothing counts
 * as one that failed; surplus objects are ignored. Ours is the order of lists, which was that of a hash set.
 */
import { apply, type GroundAction, isApplicable, type StripsWorld, type WorldState } from './strips-world';
import { capitalised, goalSentence, sentence, stateSentences } from './wording';

const NOT_UNDERSTOOD = 'The action is not valid and therefore takes no effect. Please check valid actions.';
const NOT_POSSIBLE =
  'The action is not valid and therefore takes no effect. Please remember to satisfy the restriction of actions. ' +
  'You can also check valid actions.';

/** Domains in which only new facts are told. */
const TELL_NEWS_ONLY = ['barman', 'tyreworld'];

export interface TextStep {
  readonly observation: string;
  /** Progress rate so far, in [0, 1]. */
  readonly reward: number;
  readonly done: boolean;
  readonly valid: boolean;
}

interface ActionWords {
  readonly name: string;
  readonly args: readonly string[];
}

export class TextWorld {
  readonly goal: string;
  readonly initial: string;
  private current: WorldState;
  private best = 0;
  private over = false;

  /**
   * @param name AgentBoard's name of the domain: gripper, blockworld, barman, tyreworld, or any other
   * @param start what holds when it begins; left out: as the problem says
   */
  constructor(
    readonly world: StripsWorld,
    private readonly name: string,
    start: WorldState = world.start,
  ) {
    this.current = start;
    this.goal = goalSentence(world.problem.goal);
    this.initial = stateSentences(world.facts(world.start));
  }

  get state(): WorldState {
    return this.current;
  }

  get progress(): number {
    return this.best;
  }

  get done(): boolean {
    return this.over;
  }

  /** What can be done now, in words, sorted. */
  validActions(): string[] {
    return this.choices().map(actionSentence).sort();
  }

  step(text: string): TextStep {
    const asked = text.toLowerCase();
    const question = asksFor(asked);
    if (question === 'actions') {
      const extra = TELL_NEWS_ONLY.includes(this.name) ? ['look around'] : [];
      const all = [...this.validActions(), 'check valid actions', ...extra];
      return this.told(`Valid actions are: ${all.join(', ')}`, true);
    }
    if (question === 'state') {
      const facts = this.world.facts(this.current).map((atom) => capitalised(sentence(atom)));
      return this.told(facts.sort().join(' '), true);
    }
    const words = this.understand(asked);
    if (!words) return this.told(NOT_UNDERSTOOD, false);
    const action = this.chosen(words);
    const next = action ? apply(action, this.current) : this.current;
    if (sameState(next, this.current)) return this.told(NOT_POSSIBLE, false);
    return this.arriveAt(next);
  }

  /** The action that a text stands for now; null: it asks for something to be told, or stands for none. */
  understood(text: string): GroundAction | null {
    const asked = text.toLowerCase();
    if (asksFor(asked)) return null;
    const words = this.understand(asked);
    return (words && this.chosen(words)) ?? null;
  }

  private chosen({ name, args: wanted }: ActionWords): GroundAction | undefined {
    return this.choices().find(
      ({ schema, args }) => schema.name === name && args.every((arg, i) => arg === wanted[i]),
    );
  }

  private arriveAt(next: WorldState): TextStep {
    const { world, current } = this;
    const shown = TELL_NEWS_ONLY.includes(this.name)
      ? new Set([...next].filter((atom) => !current.has(atom)))
      : next;
    this.best = Math.max(this.best, world.satisfied(next) / world.goal.length);
    this.current = next;
    this.over = world.reached(next);
    return this.told(stateSentences(world.facts(shown)) + (this.over ? ' The goal is satisfied.' : ''), true);
  }

  private told(observation: string, valid: boolean): TextStep {
    return { observation, reward: this.best, done: this.over, valid };
  }

  private choices(): GroundAction[] {
    return this.world.actions.filter((action) => action.distinct && isApplicable(action, this.current));
  }

  private understand(text: string): ActionWords | undefined {
    const words = wordsOf(text);
    const names = new Map(this.choices().map(({ schema }) => [schema.name, schema.parameters.length]));
    const name = words.find((word) => names.has(word));
    if (name === undefined) return undefined;
    const wanted = names.get(name) ?? 0;
    const args = words.filter((word) => Object.hasOwn(this.world.objects, word)).slice(0, wanted);
    return args.length < wanted ? undefined : { name, args };
  }
}

/** What a text asks to be told in place of acting. */
function asksFor(asked: string): 'actions' | 'state' | null {
  if (asked.includes('check')) return 'actions';
  return asked.includes('look around') ? 'state' : null;
}

export function actionSentence({ schema, args }: GroundAction): string {
  return sentence([schema.name, ...args]);
}

/** Words as the original's tokeniser cuts them where no punctuation but full stops occurs; hyphens stay inside. */
function wordsOf(text: string): readonly string[] {
  return text.match(/[\p{L}\p{N}_-]+/gu) ?? [];
}

function sameState(a: WorldState, b: WorldState): boolean {
  return a.size === b.size && [...a].every((atom) => b.has(atom));
}
