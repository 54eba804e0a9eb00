/**
 * HotpotQA as tasks: https://hotpotqa.github.io, arXiv 1809.09600. Read are both forms that go around.
 *
 *   public files: {"_id", "question", "answer", "supporting_facts": [[title, n], …], "context": [[title, [sentence, …]], …]}
 *   copies on hubs: {"id", …, "supporting_facts": {"title": [], "sent_id": []}, "context": {"title": [], "sentences": [[]]}}
 *
 * Stage 1 is each paragraph that the answer needs, "Title: its sentences", stage 2 the others. A fact is a supporting
 * sentence, about the title of its paragraph: a text of that length may be reworded when it is stored (`matching.ts`
 * of the rewards). Key items are the answer where a supporting sentence says it, else ("yes", "no") the titles.
 */
import { containsPhrase } from '../phrase';
import { type FormProblem, LIMITS, type OwnMessage, type OwnTask } from './form';
import { readForm } from './read-form';

export type ReadHotpot =
  | { readonly task: OwnTask; readonly problems?: undefined; readonly leftOut?: undefined }
  /** Whole, but nothing can be asked: why. */
  | { readonly leftOut: string; readonly task?: undefined; readonly problems?: undefined }
  | { readonly problems: readonly FormProblem[]; readonly task?: undefined; readonly leftOut?: undefined };

interface Paragraph {
  readonly title: string;
  readonly sentences: readonly string[];
}

interface Support {
  readonly title: string;
  readonly sentence: number;
}

/** Told from a task of one's own by its fields. */
export function isHotpot(value: unknown): value is { readonly [field: string]: unknown } {
  return typeof value === 'object' && value !== null && 'context' in value && 'question' in value;
}

export function readHotpot(entry: { readonly [field: string]: unknown }): ReadHotpot {
  const problems: FormProblem[] = [];
  const refuse = (field: string, message: string) => problems.push({ field, message });
  const paragraphs = paragraphsIn(entry.context);
  if (!paragraphs) {
    refuse(
      'context',
      'Write paragraphs as [[title, [sentence, …]], …] or as {"title": […], "sentences": [[…], …]}.',
    );
  }
  if (typeof entry.question !== 'string') refuse('question', 'Write the question as a text.');
  const { answer, supporting_facts: support } = entry;
  if (answer === undefined || support === undefined) {
    if (problems.length > 0) return { problems };
    return {
      leftOut:
        'It has no answer and no supporting facts, as the files for tests have it, so it cannot be paid.',
    };
  }
  if (typeof answer !== 'string' && typeof answer !== 'number')
    refuse('answer', 'Write the answer as a text.');
  const supports = supportsIn(support);
  if (!supports) {
    refuse(
      'supporting_facts',
      'Write them as [[title, n], …] or as {"title": […], "sent_id": […]}, n from 0.',
    );
  }
  if (problems.length > 0 || !paragraphs || !supports) return { problems };
  return taskOf(String(entry.question), String(answer), paragraphs, supports);
}

function taskOf(
  question: string,
  answer: string,
  paragraphs: readonly Paragraph[],
  supports: readonly Support[],
): ReadHotpot {
  const missing = supports.find(
    ({ title, sentence }) => !paragraphs.find((one) => one.title === title)?.sentences[sentence]?.trim(),
  );
  if (supports.length === 0 || missing) {
    const what = missing
      ? `Sentence ${missing.sentence} of “${missing.title}”, which its answer needs,`
      : 'What its answer needs';
    return { leftOut: `${what} is not among its paragraphs.` };
  }
  const titles = new Set(supports.map(({ title }) => title));
  const gold = paragraphs.filter(({ title }, i) => titles.has(title) && firstOf(paragraphs, title) === i);
  const others = paragraphs.filter(({ title }) => !titles.has(title));
  const messages = gold.map(
    ({ title, sentences }): Omit<OwnMessage, 'states'> & { readonly states: object[] } => {
      const wanted = new Set(supports.flatMap((one) => (one.title === title ? [one.sentence] : [])));
      return {
        says: paragraphText({ title, sentences }),
        states: [...wanted]
          .sort((a, b) => a - b)
          .map((n) => ({ about: title, value: sentences[n].trim(), needed: true })),
      };
    },
  );
  const values = gold.flatMap(({ title, sentences }) =>
    supports.flatMap((one) => (one.title === title ? [sentences[one.sentence]] : [])),
  );
  const key = values.some((value) => containsPhrase(value, answer))
    ? [answer]
    : gold.map(({ title }) => title);
  const read = readForm({
    question,
    answers: [answer],
    messages,
    distractors: others.map(paragraphText).filter((text) => text.length <= LIMITS.text),
    key,
  });
  return read.task ? { task: read.task } : { problems: read.problems };
}

const firstOf = (paragraphs: readonly Paragraph[], wanted: string) =>
  paragraphs.findIndex(({ title }) => title === wanted);

function paragraphText({ title, sentences }: Paragraph): string {
  return `${title}: ${sentences.map((sentence) => sentence.trim()).join(' ')}`.trim();
}

/** Null if it is none of the forms. */
function paragraphsIn(context: unknown): readonly Paragraph[] | null {
  if (Array.isArray(context)) {
    const pairs = context.map((one) =>
      Array.isArray(one) ? one : [fieldOf(one, 'title'), fieldOf(one, 'sentences')],
    );
    return all(pairs.map(([title, sentences]) => paragraph(title, sentences)));
  }
  const titles = fieldOf(context, 'title');
  const sentences = fieldOf(context, 'sentences');
  if (!Array.isArray(titles) || !Array.isArray(sentences) || titles.length !== sentences.length) return null;
  return all(titles.map((title, i) => paragraph(title, sentences[i])));
}

function paragraph(title: unknown, sentences: unknown): Paragraph | null {
  if (typeof title !== 'string' || !Array.isArray(sentences)) return null;
  if (!sentences.every((sentence) => typeof sentence === 'string')) return null;
  // Trimmed as the texts of a task are, so that the title is found in its paragraph.
  return { title: title.trim(), sentences };
}

function supportsIn(support: unknown): readonly Support[] | null {
  if (Array.isArray(support)) {
    const pairs = support.map((one) =>
      Array.isArray(one) ? one : [fieldOf(one, 'title'), fieldOf(one, 'sent_id')],
    );
    return all(pairs.map(([title, n]) => supportOf(title, n)));
  }
  const titles = fieldOf(support, 'title');
  const numbers = fieldOf(support, 'sent_id');
  if (!Array.isArray(titles) || !Array.isArray(numbers) || titles.length !== numbers.length) return null;
  return all(titles.map((title, i) => supportOf(title, numbers[i])));
}

function supportOf(title: unknown, sentence: unknown): Support | null {
  if (typeof title !== 'string' || !Number.isInteger(sentence) || (sentence as number) < 0) return null;
  return { title: title.trim(), sentence: sentence as number };
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as { readonly [field: string]: unknown })[name]
    : undefined;
}

function all<T>(items: readonly (T | null)[]): readonly T[] | null {
  return items.includes(null) ? null : (items as readonly T[]);
}
