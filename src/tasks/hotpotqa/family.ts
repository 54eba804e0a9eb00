/**
 * HotpotQA in three stages. The mapping is ours: in stage 1 the paragraphs that the answer needs are told, one a
 * message, one of them corrected later on one rung; the distractor paragraphs are stage 2; the question is stage 3.
 * The answer's F1 is the score, as the headline figure of the original; its exact match is told beside it. What an
 * answer's supporting facts were is not asked of the policy, so those figures are for files (`evaluator.ts`).
 */
import { createInventory } from '../inventory';
import type { PagePicture, PageSentence } from '../picture';
import { createRandom, interleave } from '../random';
import { admits } from '../stages';
import type {
  Difficulty,
  EnvironmentOutcome,
  Fact,
  Split,
  Task,
  TaskEnvironment,
  TaskFamily,
  TaskMessage,
} from '../task';
import { type Article, buildArticle, type Paragraph, paragraphText } from './article';
import { answerFigures } from './evaluator';
import { createHotpotExpert } from './expert';

const RELATION_WORDS: Readonly<Record<Paragraph['states']['relation'], string>> = {
  made: 'made',
  shown: 'is shown in',
  lives: 'lives in',
  born: 'was born in',
};

function generate(seed: number, split: Split, difficulty: Difficulty): Task {
  const id = `hotpotqa/${split}/${difficulty}/${seed}`;
  const random = createRandom(id);
  const inventory = createInventory(random, split);
  const article = buildArticle(random, split, difficulty, inventory, (...statement) =>
    admits(split, ...statement),
  );
  const { paragraphs, correction } = article;
  const facts: Fact[] = [];
  const threads: TaskMessage[][] = [];
  paragraphs.forEach((paragraph, i) => {
    if (!paragraph.supporting) return;
    const { subject, relation, value } = paragraph.states;
    const corrected = correction?.of === i ? correction : null;
    const factIds = [`f${facts.length + 1}`];
    facts.push({
      id: factIds[0],
      subject,
      relation: RELATION_WORDS[relation],
      value: corrected?.value ?? value,
      superseded: corrected ? [value] : [],
      worthKeeping: true,
    });
    const told: TaskMessage = { content: paragraphText(paragraph), kind: 'fact', factIds };
    threads.push(corrected ? [told, { content: corrected.text, kind: 'revision', factIds }] : [told]);
  });
  const useless = paragraphs.filter(({ supporting }) => !supporting);
  return {
    id,
    family: 'hotpotqa',
    split,
    difficulty,
    seed,
    messages: interleave(random, threads),
    distractors: useless.map((one) => ({ content: paragraphText(one), kind: 'distractor', factIds: [] })),
    query: article.question,
    answers: [article.answer],
    facts,
    neededFactIds: facts.map((fact) => fact.id),
    keyItems: facts.map((fact) => fact.value),
    world: article,
  };
}

class HotpotEnvironment implements TaskEnvironment {
  readonly interactive = false;
  private answered: string | null = null;

  constructor(private readonly task: Task) {}

  get done(): boolean {
    return this.answered !== null;
  }

  observe(): string {
    return this.task.query;
  }

  act(action: string): EnvironmentOutcome {
    this.answered ??= action;
    return { done: true, score: this.figures().f1 };
  }

  metrics(): Readonly<Record<string, number>> {
    const { em, f1, prec, recall } = this.figures();
    return { em, f1, prec, recall };
  }

  picture(): PagePicture {
    const { paragraphs, correction } = this.task.world as Article; // made by `generate`
    return {
      kind: 'page',
      question: this.task.query,
      paragraphs: paragraphs.map((paragraph, i) => ({
        title: paragraph.title,
        sentences: sentencesOf(paragraph, correction?.of === i ? correction.text : null),
      })),
    };
  }

  private figures() {
    if (this.answered === null) return { em: 0, f1: 0, prec: 0, recall: 0 };
    return answerFigures(this.answered, this.task.answers[0] ?? '');
  }
}

/** Of one paragraph; its correction stands behind what it corrects, as the last word was told. */
function sentencesOf(
  { sentences: [stated, ...fillers], supporting }: Paragraph,
  correction: string | null,
): readonly PageSentence[] {
  const others = fillers.map((text): PageSentence => ({ text, standing: 'other' }));
  if (correction === null)
    return [{ text: stated, standing: supporting ? 'supporting' : 'other' }, ...others];
  return [{ text: stated, standing: 'superseded' }, { text: correction, standing: 'supporting' }, ...others];
}

export const hotpotFamily: TaskFamily = {
  id: 'hotpotqa',
  generate,
  createEnvironment: (task) => new HotpotEnvironment(task),
  createExpert: createHotpotExpert,
};

/** A made-up task in the data set's own schema (distractor setting), as `src/tasks/own/hotpot.ts` reads it. */
export function hotpotJson(task: Task): {
  readonly _id: string;
  readonly question: string;
  readonly answer: string;
  readonly supporting_facts: readonly (readonly [string, number])[];
  readonly context: readonly (readonly [string, readonly string[]])[];
} {
  const { paragraphs, correction } = task.world as Article; // made by `generate`
  const context = paragraphs.map(({ title, sentences }, i): readonly [string, readonly string[]] => [
    title,
    // A correction is the paragraph as it reads in the end.
    correction?.of === i ? [correction.text, ...sentences.slice(1)] : sentences,
  ]);
  return {
    _id: task.id,
    question: task.query,
    answer: task.answers[0] ?? '',
    supporting_facts: paragraphs.flatMap(({ title, supporting }) =>
      supporting ? [[title, 0] as const] : [],
    ),
    context,
  };
}
