/**
 * The pretraining corpus: demonstrations as token ids. Episode i depends on (seed, i) alone; the first
 * ones also train the tokenizer, on each message once, as the policy would read it.
 */
import type { ChatTokenizer } from '../../engine/model/chat-template';
import type { ActingLearner } from '../../policies/acting-learner';
import { type DemonstratedEpisode, demonstrateTasks } from '../../policies/demonstrations';
import { DEMONSTRATOR_ERRORS } from '../../policies/scripted-noise';
import { sampleTask } from '../../tasks/ladder';
import { createQaFamily } from '../../tasks/qa/family';
import { createRandom } from '../../tasks/random';
import { openTaskFamily } from '../../tasks/registry';
import { transientMemories } from '../node-memory';
import type { EncodedSteps } from './loop';
import { type Corpus, type Phase, QA_CORPUS } from './recipe';

/** Far apart, so that corpora of different seeds and phases share no episode. */
const SEED_STRIDE = 10_000_000;
const PHASE_STRIDE = 2_000_000;

/** Who acts now and then in the demonstrations of a phase (`Phase.own`). */
export type Learner = Omit<ActingLearner, 'share'>;

type Drawn = Pick<Phase, 'words' | 'families' | 'slips' | 'own'>;

/** Episodes that a learner acts in are played together, so that it is asked for many actions at once. */
const TOGETHER = 64;

async function* episodes(
  seed: number,
  count: number,
  corpus: Corpus,
  number = 0,
  phase?: Drawn,
  learner?: Learner,
): AsyncGenerator<DemonstratedEpisode, void, void> {
  const memories = transientMemories();
  const question = createQaFamily({ shares: phase?.words });
  const first = seed * SEED_STRIDE + number * PHASE_STRIDE;
  const errors = { ...DEMONSTRATOR_ERRORS, slip: phase?.slips ?? 0 };
  const share = phase?.own ?? 0;
  if (share > 0 && !learner) throw new LearnerMissingError();
  const together = share > 0 ? TOGETHER : 1;
  for (let from = first; from < first + count; from += together) {
    const seeds = Array.from({ length: Math.min(together, first + count - from) }, (_, i) => from + i);
    const plan = await Promise.all(
      seeds.map(async (episode) => {
        const id = createRandom('corpus', episode).weighted(phase?.families ?? corpus.families);
        // Questions are drawn with the words of the phase; the worlds have words of their own.
        const family = id === question.id ? question : await openTaskFamily(id);
        return { task: sampleTask(episode, 'train', undefined, family), seed: episode };
      }),
    );
    yield* await demonstrateTasks(plan, {
      config: corpus.episode,
      errors,
      openMemory: (namespace) => memories.open(namespace),
      learner: learner && share > 0 ? { ...learner, share } : undefined,
    });
  }
}

/** A phase asks for actions of the learner's own, and no learner was given. */
export class LearnerMissingError extends Error {
  override readonly name = 'LearnerMissingError';
  constructor() {
    super(
      'This phase has actions of the learner in it and there is no model to take them. Give the recipe a model to go on from (`from`, src/cli/pretraining/recipe.ts).',
    );
  }
}

/** Texts for the tokenizer: every completion, and every message where it first appears. */
export async function tokenizerTexts(seed: number, count: number, corpus = QA_CORPUS): Promise<string[]> {
  const texts: string[] = [];
  for await (const episode of episodes(seed, count, corpus)) {
    const seen = new Set<string>();
    for (const step of episode.steps) {
      for (const { content } of step.messages) if (!seen.has(content)) texts.push(content);
      for (const { content } of step.messages) seen.add(content);
      texts.push(step.completion);
      seen.add(step.completion);
    }
  }
  return texts;
}

/**
 * Endless stream of a phase's demonstrated steps; the stop token ends each completion. The demonstrator has no window: what
 * outgrew that of the model is left out. What was done by a slip is read and not learned.
 *
 * @param learner acts now and then where the phase says so
 * @throws LearnerMissingError
 */
export async function* encodedSteps(
  seed: number,
  number: number,
  phase: Drawn,
  tokenizer: ChatTokenizer,
  corpus = QA_CORPUS,
  mostTokens = Number.POSITIVE_INFINITY,
  learner?: Learner,
): AsyncGenerator<EncodedSteps, void, void> {
  const fits = (chain: EncodedSteps | null): chain is EncodedSteps =>
    chain !== null && chain.ids.length <= mostTokens;
  for await (const episode of episodes(seed, Number.POSITIVE_INFINITY, corpus, number, phase, learner)) {
    let chain: EncodedSteps | null = null;
    for (const step of episode.steps) {
      const prompt = tokenizer.encodeChat(step.messages, { addGenerationPrompt: true });
      const completion = [...tokenizer.tokenizer.encode(step.completion, 'content'), ...tokenizer.stopIds];
      const ids = [...prompt, ...completion];
      const written = [prompt.length, ids.length] as const;
      const goesOn: boolean = corpus.chained && chain !== null && extendsIds(prompt, chain.ids);
      if (!goesOn && fits(chain)) yield chain;
      const before: Pick<EncodedSteps, 'completions' | 'slips'> =
        goesOn && chain ? chain : { completions: [], slips: [] };
      const slipped = step.decision === 'slip';
      chain = {
        ids,
        completions: slipped ? before.completions : [...before.completions, written],
        slips: slipped ? [...before.slips, written] : before.slips,
      };
    }
    if (fits(chain)) yield chain;
  }
}

/** Whether `longer` begins with `shorter`: what was read and written before is read again. */
function extendsIds(longer: readonly number[], shorter: readonly number[]): boolean {
  return longer.length >= shorter.length && shorter.every((id, i) => longer[i] === id);
}
