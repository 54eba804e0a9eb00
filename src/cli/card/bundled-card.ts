/** The card of the policy that is opened first: made from nothing, measured on people. */
import { BUNDLED_MAX_NEW_TOKENS } from '../../agent/config';
import type { ModelConfig } from '../../engine/model/model-config';
import { BUNDLED_POLICY } from '../../policies/site-policies';
import { RECIPES } from '../pretraining/recipe';
import {
  errorTable,
  evaluationTable,
  FRONT_MATTER,
  figure,
  LICENCE,
  percent,
  shapeWords,
  type WrittenCard,
} from './card-parts';
import type { Evidence } from './evidence';

export async function bundledCard(evidence: Evidence, config: ModelConfig): Promise<WrittenCard> {
  const losses = await evidence.losses();
  const base = await evidence.evaluation('evaluate-evaluation');
  const names = await evidence.evaluation('evaluate-unseen-names');
  const patterns = await evidence.evaluation('evaluate-unseen-patterns');
  const shipped = await evidence.evaluation('evaluate-shipped');
  const last = losses[losses.length - 1];
  const recipe = RECIPES.full;
  const phases = recipe.phases.map(
    (p, i) =>
      `${i + 1}. ${p.tokens.toLocaleString('en')} tokens, peak rate ${p.lr}; names and values: ` +
      `${percent(p.words.syllables)} from syllables, ${percent(p.words.freeForm)} of any letters, the rest ordinary words.`,
  );
  const text = `${FRONT_MATTER}
# The bundled policy

${shapeWords(config)}. It was made from
nothing by this project: no third-party weights, no third-party data.

**What it is.** A behaviour clone of a *noisy scripted demonstrator*: fluent in the protocol (think, JSON tool calls,
answer) and undecided in its choices, with each of the six tools tried now and then. It stands for what an instruction
model is before reinforcement learning. It reads short English sentences of the kinds in \`src/tasks/qa\`; it knows
nothing of the world.

${LICENCE}

**How it was made.** \`npm run pretrain\` (seed 1): the tokenizer from ${recipe.tokenizerEpisodes} demonstrated episodes,
then ${last.tokens.toLocaleString('en')} tokens of demonstrations of split \`train\`, each read once, in batches of about
${recipe.batchTokens} tokens, AdamW, loss on completions (prompt tokens weigh ${recipe.promptWeight}), in two phases:

${phases.join('\n')}

Final loss ${last.loss.toFixed(3)} nats a weighted token (\`${evidence.path('pretrain-loss')}\`).

![Loss over tokens](loss.svg)

**The demonstrator's errors.** Probabilities of one decision (\`src/policies/scripted-noise.ts\` says what each means):

${errorTable()}

**Evaluation.** Sampled at temperature 1; raw output in \`${evidence.path('evaluate-*')}\`. Composite with weights 1/3
each; ± is one standard error; storage precision is pooled over all entries added in stage 1.

${evaluationTable('policy and split', [
  ['base, evaluation', base],
  ['base, unseen names and values', names],
  ['base, unseen sentence patterns', patterns],
  ['with the shipped adapter, evaluation', shipped],
])}

The task score on unseen names is ${figure(names.task / base.task)} of that on seen ones.

**The adapter** in \`public/${BUNDLED_POLICY.adapterFolder}\` (PEFT layout) was trained from this policy by \`npm run train\` with the preset \`lab\`,
seed 1; its curve and controls are in \`${evidence.path('train-1')}\`.

**Limits.** Prompts of at most ${BUNDLED_POLICY.episode.hardPromptTokens} tokens, completions of at most ${BUNDLED_MAX_NEW_TOKENS}. Sentences of other kinds than those it was trained on
are often not understood, and it will say something well-formed all the same.
`;
  const facts = { trainingTokens: last.tokens, base, shipped, shippedRun: await evidence.steps('train-1') };
  return { text, facts, losses };
}
