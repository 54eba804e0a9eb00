/**
 * Summaries in a model's own words. It is given the messages and the share of tokens a summary may cost, and writes
 * between tags; what is empty, beside the tags, cut off or too dear is not taken, and the extractive summary stands in
 * its place. Either way the event says that a model was asked, which, and what came of it.
 *
 * A reward must know where a summary's sentences came from, and a model does not say. So each sentence is traced by its
 * telling words (names, numbers, words of five letters or more): it comes from the kind of message (told by the user,
 * distractor, retrieved, …) that holds most of them, if that kind holds at least two thirds; else it counts as the
 * agent's own words, which are no evidence. What mixes a fact with a distractor, or makes something up, is thus paid for
 * by nobody. Limits: a paraphrase in wholly other words is nobody's evidence either [D].
 */
import type { SummaryFailure, SummaryPart } from './events';
import type { ChatMessage } from './policy';
import { ask, type QuestionOptions, QuestionsAbortedError, type Reply } from './questions';
import {
  extractiveSummariser,
  type Summariser,
  type SummaryInput,
  sentencesIn,
  sentencesOf,
  wordsOf,
} from './summary';
import { onlyTag } from './tagged-reply';

export type SummariserOptions = Omit<QuestionOptions, 'onProgress' | 'batchSize'>;

/** Telling words of a sentence that one message must hold for it to be evidence. */
const SHARE_OF_TELLING_WORDS = 2 / 3;
/** What the tags cost beside the summary, tokens at most. */
const TAG_TOKENS = 16;

export function writtenSummariser(options: SummariserOptions): Summariser {
  return {
    id: `written by ${options.policy.id}`,
    async summarise(input) {
      const written = await write(input, options);
      const model = options.policy.id;
      if (typeof written !== 'string') return { parts: written, asked: { model, failure: null } };
      const { parts } = await extractiveSummariser.summarise(input);
      return { parts, asked: { model, failure: written } };
    },
  };
}

async function write(
  input: SummaryInput,
  options: SummariserOptions,
): Promise<readonly SummaryPart[] | SummaryFailure> {
  const sources = input.messages.flatMap(sentencesOf);
  let reply: Reply;
  try {
    const maxNewTokens = input.tokenBudget + TAG_TOKENS;
    [reply] = await ask([{ messages: summaryPrompt(sources), maxNewTokens }], options);
  } catch (error) {
    // A step that is half carried out cannot be taken back: it goes on with the summary that needs no model.
    return error instanceof QuestionsAbortedError || options.signal?.aborted ? 'cancelled' : 'model-failed';
  }
  if (reply.kind === 'too-long') return 'prompt-too-long';
  const text = onlyTag(reply.text, 'summary');
  if (text === null) return reply.finish === 'length' ? 'cut-off' : 'format';
  const parts = sentencesIn(text).map((sentence) => placed(sentence, sources));
  return input.cost(parts) > input.tokenBudget ? 'over-budget' : parts;
}

export function summaryPrompt(sources: readonly SummaryPart[]): readonly ChatMessage[] {
  const content = [
    'Summarise these messages in as few words as you can. Keep names, numbers and what was decided or corrected; add nothing.',
    ...sources.map(({ text }) => `- ${text.replace(/\s+/gu, ' ')}`),
    'Reply <summary>your summary</summary> and nothing else.',
  ].join('\n');
  return [{ role: 'user', content }];
}

/** The sentence with the message it comes from, or as the agent's own words. */
function placed(sentence: string, sources: readonly SummaryPart[]): SummaryPart {
  const wanted = tellingWords(sentence);
  const held = (texts: readonly SummaryPart[]) => {
    const words = new Set(texts.flatMap(({ text }) => wordsOf(text)).map((word) => word.toLowerCase()));
    return [...wanted].filter((word) => words.has(word)).length;
  };
  const kinds = [...new Set(sources.map(({ origin }) => origin))];
  const origin = most(kinds, (kind) => held(sources.filter((source) => source.origin === kind)));
  const own = sources.filter((source) => source.origin === origin);
  if (origin === undefined || held(own) < SHARE_OF_TELLING_WORDS * wanted.size) {
    // Without a source it hangs on the last message, as what the agent said there.
    return { text: sentence, messageId: sources[sources.length - 1]?.messageId ?? '', origin: 'assistant' };
  }
  const messageId = most(
    own.map((source) => source.messageId),
    (id) => held(own.filter((source) => source.messageId === id)),
  );
  return { text: sentence, messageId: messageId ?? own[0].messageId, origin };
}

/** The one with the highest score, of equals the last: corrections come later. */
function most<T>(items: readonly T[], score: (item: T) => number): T | undefined {
  const best = Math.max(...items.map(score));
  return items.findLast((item) => score(item) === best);
}

/** Names, numbers and longer words, in lower case; all words where there are none of these. */
function tellingWords(sentence: string): ReadonlySet<string> {
  const words = wordsOf(sentence);
  const telling = words.filter((word) => /\p{N}|^\p{Lu}/u.test(word) || [...word].length >= 5);
  return new Set((telling.length > 0 ? telling : words).map((word) => word.toLowerCase()));
}
