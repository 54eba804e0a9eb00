/**
 * The card of the policy that reads the worlds: what it was taught, and each family before and after its adapter was
 * trained on one of them. A family nobody has measured yet has no row, and the card names it.
 */
import { BUNDLED_MAX_NEW_TOKENS } from '../../agent/config';
import type { ModelConfig } from '../../engine/model/model-config';
import { WORLDS_POLICY } from '../../policies/site-policies';
import { RECIPES } from '../pretraining/recipe';
import {
  type EvaluationRow,
  errorTable,
  evaluationTable,
  FRONT_MATTER,
  LICENCE,
  percent,
  shapeWords,
  type WrittenCard,
} from './card-parts';
import type { Evidence } from './evidence';
import type { LossLine } from './loss-curve';

/** What its adapter was trained on; every other family is transfer. */
const TRAINED_ON = 'hotpotqa';

/** The runs that made it, one after the other. */
const READING = { recipe: RECIPES.worlds, evidence: 'pretrain-loss' } as const;
const ACTING = { recipe: RECIPES.acting, evidence: 'pretrain-acting-loss' } as const;
const CORRECTED = { recipe: RECIPES.corrected, evidence: 'pretrain-corrected-loss' } as const;
const AGAIN = { recipe: RECIPES.corrected, evidence: 'pretrain-corrected-again-loss' } as const;
const RIGHTED = { recipe: RECIPES.corrected, evidence: 'pretrain-corrected-righted-loss' } as const;
const RUNS = [READING, ACTING, CORRECTED, AGAIN, RIGHTED] as const;
type Run = (typeof RUNS)[number];

/** One curve of several runs: each goes on where the one before it ended. */
function joined(runs: readonly (readonly LossLine[])[]): readonly LossLine[] {
  const before = { update: 0, tokens: 0 };
  return runs.flatMap((run) => {
    const { update, tokens } = before;
    before.update += lastOf(run).update;
    before.tokens += lastOf(run).tokens;
    return run.map((line) => ({ ...line, update: line.update + update, tokens: line.tokens + tokens }));
  });
}

const lastOf = (losses: readonly LossLine[]): LossLine => losses[losses.length - 1];

function runWords({ recipe, evidence: name }: Run, losses: readonly LossLine[], evidence: Evidence): string {
  const { tokens, loss } = lastOf(losses);
  const { families = recipe.corpus.families } = recipe.phases[0];
  return `${tokens.toLocaleString('en')} tokens, peak rate ${recipe.phases.map(({ lr }) => lr).join(', then ')}; episodes drawn ${families
    .map(([family, weight]) => `${percent(weight)} \`${family}\``)
    .join(', ')}. Final loss ${loss.toFixed(3)} nats a weighted token (\`${evidence.path(name)}\`).`;
}

export async function worldsCard(evidence: Evidence, config: ModelConfig): Promise<WrittenCard> {
  const runs = await Promise.all(RUNS.map((run) => evidence.losses(run.evidence)));
  const [first, second, third, fourth, fifth] = runs;
  const losses = joined(runs);
  const { taught, episode, adapterFolder, folder } = WORLDS_POLICY;
  const base = await evidence.evaluation(`evaluate-${TRAINED_ON}`);
  const shipped = await evidence.evaluation(`evaluate-shipped-${TRAINED_ON}`);
  const measured = taught.filter((family) =>
    [`evaluate-${family}`, `evaluate-shipped-${family}`].every((name) => evidence.has(name)),
  );
  const rows = await Promise.all(
    measured.map(async (family): Promise<readonly EvaluationRow[]> => {
      const how = family === TRAINED_ON ? 'trained on it' : 'transfer';
      return [
        [`${family}, base`, await evidence.evaluation(`evaluate-${family}`)],
        [`${family}, with the adapter (${how})`, await evidence.evaluation(`evaluate-shipped-${family}`)],
      ];
    }),
  );
  const unmeasured = taught.filter((family) => !measured.includes(family));
  const text = `${FRONT_MATTER}
# The worlds policy

${shapeWords(config)}. It was made by this
project out of its bundled policy: no third-party weights, no third-party data.

**What it is.** A behaviour clone of the same *noisy scripted demonstrator*, in a window of ${config.maxPositions} tokens. It reads the
families ${taught.map((family) => `\`${family}\``).join(', ')} (\`src/tasks\`), each small and made up by this project's own
generators; it knows nothing of the world.

${LICENCE}

**How it was made.** In five runs of \`npm run pretrain\` on demonstrations of split \`train\`, each read once, in batches of about
${READING.recipe.batchTokens} tokens; AdamW, loss on completions (prompt tokens weigh ${READING.recipe.promptWeight}):

1. \`--recipe worlds --seed 1\` goes on from \`${READING.recipe.from}\`, its vocabulary grown on ${READING.recipe.tokenizerEpisodes} demonstrated episodes.
   ${runWords(READING, first, evidence)}
2. \`--recipe acting --seed 2\` goes on from what the first one wrote, with ${ACTING.recipe.model.layers - READING.recipe.model.layers} layers more, which write nothing at first.
   In a world one action in ${Math.round(1 / (ACTING.recipe.phases[0].slips ?? 1))} has a name in it wrong and is refused, and the demonstration goes on; such slips are read
   and not learned. ${runWords(ACTING, second, evidence)}
3. \`--recipe corrected --seed 3\` goes on from what the second one wrote. In a world one action in ${Math.round(1 / (CORRECTED.recipe.phases[0].own ?? 1))} is taken by that
   model itself, and the demonstrator goes on from what comes of it (DAgger, with a mixture of both as actor); what it did
   otherwise than it was shown is read and not learned. ${runWords(CORRECTED, third, evidence)}
4. \`--recipe corrected --seed 4 --from\` what the third one wrote: the same once more, and the learner that acts is the better one.
   ${runWords(AGAIN, fourth, evidence)}
5. \`--recipe corrected --seed 5 --from\` what the fourth one wrote: once more, with experts of ALFWorld and ScienceWorld that
   see what the learner did. ${runWords(RIGHTED, fifth, evidence)}

Before the third run the generators of ALFWorld's houses, of ScienceWorld's tasks and the limits of the PDDL worlds were
changed (version 0.7.0 of this project); the first two read demonstrations as version 0.6.0 made them. Before the fourth the
expert of the PDDL worlds was: where its guess led nowhere it had asked for the valid actions, again and again, and the
policy did so after it; now it guesses anew.

In the third and the fourth run the experts of ALFWorld and ScienceWorld did not see all that the learner had done: a wrong
thing in its hand was treated and brought like the right one, sometimes again and again where it did not fit; a device that
was switched off was waited on. In the fifth run they see it.

![Loss over tokens](loss.svg)

**The demonstrator's errors.** Probabilities of one decision (\`src/policies/scripted-noise.ts\` says what each means). In a
world its actions are those of the world's expert:

${errorTable()}

**Evaluation.** Held-out tasks (split \`evaluation\`), sampled at temperature 1, by
\`npm run evaluate -- --model public/${folder} --family FAMILY --json\`; raw output in \`${evidence.path('evaluate-*')}\`. Composite with
weights 1/3 each; ± is one standard error; storage precision is pooled over all entries added in stage 1.

${evaluationTable('family and weights', rows.flat())}
${unmeasured.length > 0 ? `\nNot measured: ${unmeasured.join(', ')}.\n` : ''}
**The adapter** in \`public/${adapterFolder}\` (PEFT layout) was trained from this policy by \`npm run train\` with
\`--family ${TRAINED_ON}\` and nothing else, seed 1; its curve is in \`${evidence.path('train-1')}\`. What it does for other families is transfer.

**Limits.** Prompts of at most ${episode.hardPromptTokens} tokens, completions of at most ${BUNDLED_MAX_NEW_TOKENS}. Worlds, words and sentences of other kinds than
those of the generators are often not understood, and it will say something well-formed all the same.
`;
  const facts = {
    trainingTokens: lastOf(losses).tokens,
    base,
    shipped,
    shippedRun: await evidence.steps('train-1'),
  };
  return { text, facts, losses };
}
