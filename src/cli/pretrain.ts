/**
 * `npm run pretrain [-- --recipe full|quick|worlds|acting|corrected] [--seed 1] [--from DIR] [--out DIR] [--resume]`:
 * makes the bundled policy from nothing, or with `worlds` and what follows it the one that reads the worlds, from that
 * one. Demonstrations come from the scripted demonstrator with stated error rates, the vocabulary and the weights from
 * this engine. `corrected` can be run once more on what it made (`--from`): the learner that acts is then the new one.
 * The run is written to a folder as it goes; with `--resume` it goes on from the newest checkpoint with the same
 * numbers.
 */
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { BUNDLED_MAX_NEW_TOKENS } from '../agent/config';
import { baseFingerprint } from '../engine/model/base-fingerprint';
import { type TrainedTokenizer, trainByteLevelBpe } from '../engine/model/bpe-trainer';
import { EngineModel } from '../engine/model/engine-model';
import type { ModelConfig } from '../engine/model/model-config';
import { MissingFileError, openModelFolder } from '../engine/model/model-folder';
import { BUNDLED_ADDED_TOKENS } from '../policies/bundled-chat';
import { Arguments, UsageError } from './arguments';
import { createBackend } from './backends';
import { directory } from './directory';
import { openPolicy } from './open-policy';
import { readCheckpoint, runKey, writeCheckpoint } from './pretraining/checkpoint';
import { encodedSteps, type Learner, tokenizerTexts } from './pretraining/corpus';
import { grownWeights } from './pretraining/grown-weights';
import { initialWeights } from './pretraining/initial-weights';
import { behaviourCloning } from './pretraining/loop';
import { chatTokenizer, writeModelFolder } from './pretraining/model-folder';
import { RECIPE_NAMES, RECIPES, type Recipe } from './pretraining/recipe';

export async function main(argv: readonly string[]): Promise<number> {
  const args = Arguments.parse(argv, 'Make a bundled policy by behaviour cloning.', {
    recipe: { type: 'string', help: RECIPE_NAMES.join(' | '), default: 'full' },
    seed: { type: 'string', help: 'seed of data and weights', default: '1' },
    from: { type: 'string', help: 'model folder to go on from; left out: the one the recipe names' },
    out: {
      type: 'string',
      help: 'folder of the run; the model goes to OUT/policy',
      default: 'runs/pretrain',
    },
    resume: { type: 'boolean', help: 'go on from the checkpoint in OUT' },
    tokens: { type: 'string', help: 'train on fewer tokens than the recipe says' },
    threads: { type: 'string', help: 'WebAssembly threads', default: '2' },
    'checkpoint-every': { type: 'string', help: 'updates between checkpoints', default: '100' },
  });
  if (!args) return 0;
  const base = RECIPES[args.choice('recipe', RECIPE_NAMES)];
  const tokens = base.phases.reduce((sum, phase) => sum + phase.tokens, 0);
  const wanted = args.text('tokens') === undefined ? tokens : args.whole('tokens', 1);
  const recipe: Recipe = {
    ...base,
    from: args.text('from') ?? base.from,
    phases: base.phases.map((phase) => ({ ...phase, tokens: Math.ceil((phase.tokens * wanted) / tokens) })),
  };
  const seed = args.whole('seed');
  const out = args.text('out') ?? 'runs/pretrain';
  await mkdir(out, { recursive: true });
  const say = (line: string) => process.stdout.write(`${line}\n`);

  say(`Tokenizer: ${recipe.tokenizerEpisodes} demonstrated episodes`);
  const smaller = recipe.from === undefined ? null : await openSmaller(recipe.from);
  const trained = trainByteLevelBpe(await tokenizerTexts(seed, recipe.tokenizerEpisodes, recipe.corpus), {
    vocabSize: recipe.vocabSize,
    addedTokens: BUNDLED_ADDED_TOKENS,
    from: smaller?.vocabulary,
  });
  const chat = chatTokenizer(trained);
  const config: ModelConfig = { ...recipe.model, vocabSize: recipe.vocabSize };
  const drawn = initialWeights(config, recipe.initStd, seed);
  const weights = smaller ? grownWeights(smaller, config, drawn, trained) : drawn;
  const backend = await createBackend('wasm', { threads: args.whole('threads', 1) });
  const model = await EngineModel.open({ backend, config, weights, trainable: 'base' });
  say(`Model: ${model.parameterCount} parameters, ${wanted} tokens to read, ${backend.info.device}`);

  const key = runKey(recipe, seed, smaller?.fingerprint);
  let firstUpdate = 0;
  let firstTokens: number | undefined;
  if (args.has('resume')) {
    const saved = await readCheckpoint(out);
    if (saved.key !== key) {
      throw new UsageError(
        `The checkpoint in ${out} is of another recipe or seed${recipe.from ? `, or began from other weights than ${recipe.from} has now` : ''}; start without --resume.`,
      );
    }
    model.importState(saved.state);
    firstUpdate = saved.update;
    firstTokens = saved.tokens;
    await dropLaterLosses(join(out, 'loss.jsonl'), firstUpdate);
    say(`Resuming after update ${firstUpdate}`);
  } else {
    await writeFile(join(out, 'loss.jsonl'), '');
  }

  const learner = recipe.phases.some(({ own = 0 }) => own > 0) ? await openLearner(recipe, args) : undefined;
  const every = args.whole('checkpoint-every', 1);
  const started = performance.now();
  await behaviourCloning(model, {
    recipe,
    openSteps: (phase) =>
      encodedSteps(seed, phase, recipe.phases[phase], chat, recipe.corpus, config.maxPositions, learner),
    firstUpdate,
    firstTokens,
    onUpdate: async (p) => {
      const line = { update: p.update, tokens: p.tokens, loss: p.loss, grad_norm: p.gradNorm, lr: p.lr };
      await appendFile(join(out, 'loss.jsonl'), `${JSON.stringify(line)}\n`);
      if (p.update % 20 === 0 || p.update === p.updates) {
        say(
          `update ${p.update}/${p.updates}  loss ${p.loss.toFixed(4)}  grad ${p.gradNorm.toFixed(2)}  ` +
            `${Math.round(p.tokensPerSecond)} tokens/s  ${Math.round(p.secondsLeft)} s left`,
        );
      }
      if (p.update % every === 0) {
        const state = await model.exportState();
        await writeCheckpoint(out, { key, update: p.update, tokens: p.tokens, state });
      }
    },
  });
  await writeModelFolder(join(out, 'policy'), {
    config,
    tokenizer: trained,
    weights: await model.exportWeights(),
  });
  say(`Wrote ${join(out, 'policy')} after ${Math.round((performance.now() - started) / 1000)} s of training`);
  model.dispose();
  return 0;
}

/** The same model again, that acts and is not trained: what it does is the same from the first update to the last. */
async function openLearner(
  { from, corpus: { episode } }: Recipe,
  args: Arguments,
): Promise<Learner | undefined> {
  if (from === undefined) return undefined;
  const { policy } = await openPolicy({ model: from, backend: 'wasm', threads: args.whole('threads', 1) });
  return {
    policy,
    maxNewTokens: BUNDLED_MAX_NEW_TOKENS,
    mostTokens: episode.hardPromptTokens - episode.promptOverheadTokens,
  };
}

/** The model a recipe goes on from, and its vocabulary, which a tokenizer made here is written in. Throws `UsageError`. */
async function openSmaller(folder: string) {
  const read = directory(folder);
  const { config, weights } = await openModelFolder(read).catch((error: unknown) => {
    if (!(error instanceof MissingFileError)) throw error;
    // Named after the recipe that makes it: runs/worlds/policy.
    const run = dirname(folder);
    throw new UsageError(
      `${error.message} The recipe goes on from it; make it first: npm run pretrain -- --recipe ${basename(run)} --out ${run}.`,
    );
  });
  const text = new TextDecoder().decode(await read('tokenizer.json'));
  const vocabulary: TrainedTokenizer = JSON.parse(text);
  return { config, weights, vocabulary, fingerprint: baseFingerprint(config, weights) };
}

/** Updates after the checkpoint are made again and would stand in the record twice. */
async function dropLaterLosses(path: string, update: number): Promise<void> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
  const kept = lines.slice(0, update);
  await writeFile(path, kept.map((line) => `${line}\n`).join(''));
}
