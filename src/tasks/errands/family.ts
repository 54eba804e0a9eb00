/**
 * A long day: many things are told, many of them change, and then one question follows the other. No benchmark, but
 * what shows that episodes of more than a hundred tool calls stay right: `tight-context` has 48 facts, 12 of them
 * revised, 36 distractors and 48 questions. The score is the share of questions answered exactly.
 */
import { createInventory, DEFAULT_WORD_SHARES, isEvaluationStatement } from '../inventory';
import { fold, hasWords } from '../phrase';
import { Drafter, fill, patternsFor } from '../qa/draft';
import type { PatternSet } from '../qa/relations';
import { normaliseAnswer } from '../qa/score';
import { createRandom, interleave } from '../random';
import type {
  Difficulty,
  EnvironmentOutcome,
  Expert,
  Fact,
  Split,
  Task,
  TaskEnvironment,
  TaskFamily,
  TaskMessage,
} from '../task';

const PATTERNS: Readonly<Record<'said' | 'later' | 'asked' | 'frame', PatternSet>> = {
  said: { train: ['The {s} goes to {v}.', 'Please bring the {s} to {v}.'], unseen: ['{v} gets the {s}.'] },
  later: { train: ['Correction: the {s} goes to {v}.'], unseen: ['No, {v} gets the {s}.'] },
  asked: { train: ['Who gets the {s}?'], unseen: ['To whom does the {s} go?'] },
  frame: { train: ['On another day: ', 'In the other shop: '], unseen: ['Elsewhere: '] },
};
const RELATION = 'goes to';

interface Size {
  readonly facts: number;
  readonly revised: number;
  readonly distractors: number;
}

const SIZES: Readonly<Record<Difficulty, Size>> = {
  'one-fact': { facts: 1, revised: 0, distractors: 1 },
  several: { facts: 6, revised: 0, distractors: 4 },
  revisions: { facts: 12, revised: 6, distractors: 8 },
  'two-hops': { facts: 24, revised: 6, distractors: 16 },
  'tight-context': { facts: 48, revised: 12, distractors: 36 },
};

interface Question {
  readonly text: string;
  readonly subject: string;
  readonly answer: string;
}

interface Errands {
  readonly questions: readonly Question[];
}

function generate(seed: number, split: Split, difficulty: Difficulty): Task {
  const id = `errands/${split}/${difficulty}/${seed}`;
  const random = createRandom(id);
  const size = SIZES[difficulty];
  const inventory = createInventory(random, split);
  const talk = new Drafter(random, split, DEFAULT_WORD_SHARES);
  const say = (key: keyof typeof PATTERNS, s: string, v = ''): string =>
    fill(random.pick(patternsFor(PATTERNS[key], split)), { s, v });
  const person = (subject: string): string =>
    inventory.draw(
      'person',
      (name) =>
        split === 'unseen-names' ||
        isEvaluationStatement(subject, RELATION, name) === (split === 'evaluation'),
    );
  const facts = Array.from({ length: size.facts }, (_, i): Fact => {
    const subject = inventory.draw('object');
    const superseded = i < size.revised ? [person(subject)] : [];
    return {
      id: `f${i + 1}`,
      subject,
      relation: RELATION,
      value: person(subject),
      superseded,
      worthKeeping: true,
    };
  });
  const threads = facts.map(({ id: factId, subject, value, superseded }): TaskMessage[] => {
    const factIds = [factId];
    const first: TaskMessage = {
      content: say('said', subject, superseded[0] ?? value),
      kind: 'fact',
      factIds,
    };
    if (superseded.length === 0) return [first];
    return [first, { content: say('later', subject, value), kind: 'revision', factIds }];
  });
  threads.push([talk.chatter()]);
  const questions = random
    .shuffle(facts)
    .map(({ subject, value }): Question => ({ text: say('asked', subject), subject, answer: value }));
  const world: Errands = { questions };
  return {
    id,
    family: 'errands',
    split,
    difficulty,
    seed,
    messages: interleave(random, threads),
    distractors: Array.from({ length: size.distractors }, () => {
      const subject = inventory.draw('object');
      const content = random.pick(patternsFor(PATTERNS.frame, split)) + say('said', subject, person(subject));
      return { content, kind: 'distractor', factIds: [] };
    }),
    query: questions[0]?.text ?? '',
    answers: [],
    facts,
    neededFactIds: facts.map((fact) => fact.id),
    keyItems: facts.map((fact) => fact.value),
    world,
  };
}

class ErrandsEnvironment implements TaskEnvironment {
  readonly interactive = true;
  readonly actionLimit: number;
  private readonly questions: readonly Question[];
  private readonly right: boolean[] = [];

  constructor(task: Task) {
    ({ questions: this.questions } = task.world as Errands); // made by `generate`
    // A look-up beside each answer.
    this.actionLimit = 2 * this.questions.length;
  }

  get done(): boolean {
    return this.right.length >= this.questions.length;
  }

  observe(): string {
    return this.questions[0].text;
  }

  act(action: string): EnvironmentOutcome {
    const asked = this.questions[this.right.length];
    if (asked) this.right.push(normaliseAnswer(action) === normaliseAnswer(asked.answer));
    if (this.done) return { done: true, score: this.metrics().score };
    return { observation: this.questions[this.right.length].text, done: false };
  }

  metrics(): { readonly score: number } {
    return { score: this.right.filter(Boolean).length / this.questions.length };
  }
}

/** Reads who gets what out of remembered notes, the corrected one before the others. */
function createErrandsExpert(task: Task): Expert {
  const { questions } = task.world as Errands; // made by `generate`
  const subjectOf = (question: string) => questions.find(({ text }) => text === question)?.subject ?? '';
  return {
    lookUps: (question) => [`${subjectOf(question)} ${RELATION}`],
    act(question, remembered) {
      const subject = fold(subjectOf(question));
      const notes = remembered.filter((text) => hasWords(fold(text), subject));
      const note = notes.find((text) => /correction|no,/i.test(text)) ?? notes[0] ?? '';
      return (
        /to ([\p{L}\p{N}]+)\W*$/u.exec(note)?.[1] ??
        /^(?:No, )?([\p{L}\p{N}]+) gets/u.exec(note)?.[1] ??
        'unknown'
      );
    },
  };
}

export const errandsFamily: TaskFamily = {
  id: 'errands',
  generate,
  createEnvironment: (task) => new ErrandsEnvironment(task),
  createExpert: createErrandsExpert,
};
