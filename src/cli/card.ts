/**
 * `npm run card`: writes the model card of the bundled policy from raw evidence: `public/policy/README.md`
 * for people, `card.json` for the page, and the loss curve. No figure is typed by hand.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelFileError } from '../engine/errors';
import { DEMONSTRATOR_ERRORS } from '../policies/scripted-noise';
import type { Evaluation } from '../rl/evaluate';
import type { TrainingMetrics } from '../rl/metrics';
import type { ModelCard } from '../worker/model-card';
import { Arguments } from './arguments';
import { type LossLine, lossCurve } from './card/loss-curve';
import { RECIPES } from './pretraining/recipe';

export async function main(argv: readonly string[]): Promise<number> {
  const args = Arguments.parse(argv, 'Write the model card from docs/evidence.', {
    evidence: { type: 'string', help: 'folder of raw output', default: 'docs/evidence' },
    model: { type: 'string', help: 'model folder', default: 'public/policy' },
  });
  if (!args) return 0;
  const evidence = args.text('evidence') ?? 'docs/evidence';
  const model = args.text('model') ?? 'public/policy';
  const evaluation = (name: string) => evaluationIn(join(evidence, name));
  const losses = ((await lines(join(evidence, 'pretrain-loss.jsonl'))) as LossLine[]).slice(1);
  const base = await evaluation('evaluate-evaluation.jsonl');
  const names = await evaluation('evaluate-unseen-names.jsonl');
  const patterns = await evaluation('evaluate-unseen-patterns.jsonl');
  const shipped = await evaluation('evaluate-shipped.jsonl');
  const last = losses[losses.length - 1];
  const run = (await lines(join(evidence, 'train-1.jsonl'))) as (TrainingMetrics | object)[];
  const shippedRun = run.filter((line): line is TrainingMetrics => 'step' in line && 'rewards' in line);
  const card: ModelCard = { trainingTokens: last.tokens, base, shipped, shippedRun };
  await writeFile(join(model, 'card.json'), `${JSON.stringify(card, null, 2)}\n`);
  await writeFile(join(model, 'loss.svg'), lossCurve(losses));
  await writeFile(join(model, 'README.md'), text(losses, base, names, patterns, shipped));
  return 0;
}

async function lines(path: string): Promise<unknown[]> {
  const content = await readFile(path, 'utf8');
  return content
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}

/** The result is the last line; the first says where it comes from. */
async function evaluationIn(path: string): Promise<Evaluation> {
  const found = (await lines(path)).at(-1) as Partial<Evaluation> | undefined;
  if (typeof found?.reward !== 'number')
    throw new ModelFileError(
      'no-evaluation',
      `${path} holds no evaluation: its last line has no reward. Run npm run evaluate -- --json again and keep its output there.`,
    );
  return found as Evaluation;
}

const figure = (value: number) => value.toFixed(3);
const percent = (value: number) => `${(100 * value).toFixed(1)} %`;

function row(name: string, e: Evaluation): string {
  const cells = [
    name,
    figure(e.reward),
    `${figure(e.task)} ± ${figure(e.stderr.task)}`,
    figure(e.context),
    figure(e.memory),
    figure(e.storage_precision),
    percent(e.wellformed),
    percent(e.copied_exactly),
    String(e.n),
  ];
  return `| ${cells.join(' | ')} |`;
}

function text(
  losses: readonly LossLine[],
  base: Evaluation,
  names: Evaluation,
  patterns: Evaluation,
  shipped: Evaluation,
): string {
  const recipe = RECIPES.full;
  const m = recipe.model;
  const last = losses[losses.length - 1];
  const errors = Object.entries(DEMONSTRATOR_ERRORS).map(([name, rate]) => `| ${name} | ${rate} |`);
  const phases = recipe.phases.map(
    (p, i) =>
      `${i + 1}. ${p.tokens.toLocaleString('en')} tokens, peak rate ${p.lr}; names and values: ` +
      `${percent(p.words.syllables)} from syllables, ${percent(p.words.freeForm)} of any letters, the rest ordinary words.`,
  );
  return `# The bundled policy

A decoder of ${m.layers} layers (${m.architecture} layout, hidden ${m.hiddenSize}, ${m.heads} query and ${m.kvHeads} key-value heads,
feed-forward ${m.intermediateSize}, tied embeddings, ${recipe.vocabSize} tokens of byte-level BPE), stored as F16. It was made from
nothing by this project: no third-party weights, no third-party data.

**What it is.** A behaviour clone of a *noisy scripted demonstrator*: fluent in the protocol (think, JSON tool calls,
answer) and undecided in its choices, with each of the six tools tried now and then. It stands for what an instruction
model is before reinforcement learning. It reads short English sentences of the kinds in \`src/tasks/qa\`; it knows
nothing of the world.

**How it was made.** \`npm run pretrain\` (seed 1): the tokenizer from ${recipe.tokenizerEpisodes} demonstrated episodes,
then ${last.tokens.toLocaleString('en')} tokens of demonstrations of split \`train\`, each read once, in batches of about
${recipe.batchTokens} tokens, AdamW, loss on completions (prompt tokens weigh ${recipe.promptWeight}), in two phases:

${phases.join('\n')}

Final loss ${last.loss.toFixed(3)} nats a weighted token (\`docs/evidence/pretrain-loss.jsonl\`).

![Loss over tokens](loss.svg)

**The demonstrator's errors.** Probabilities of one decision (\`src/policies/scripted-noise.ts\` says what each means):

| error | rate |
| --- | --- |
${errors.join('\n')}

**Evaluation.** Sampled at temperature 1; raw output in \`docs/evidence/evaluate-*.jsonl\`. Composite with weights 1/3
each; ± is one standard error; storage precision is pooled over all entries added in stage 1.

| policy and split | composite | task | context | memory | storage precision | well-formed steps | values copied exactly | episodes |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
${row('base, evaluation', base)}
${row('base, unseen names and values', names)}
${row('base, unseen sentence patterns', patterns)}
${row('with the shipped adapter, evaluation', shipped)}

The task score on unseen names is ${figure(names.task / base.task)} of that on seen ones.

**The adapter** in \`public/adapter\` (PEFT layout) was trained from this policy by \`npm run train\` with the preset \`lab\`,
seed 1; its curve and controls are in \`docs/evidence/train-1.jsonl\`.

**Limits.** Prompts of at most 208 tokens, completions of at most 64. Sentences of other kinds than those it was trained on
are often not understood, and it will say something well-formed all the same.
`;
}
