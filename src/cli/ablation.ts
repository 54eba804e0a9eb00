/**
 * `npm run ablation -- [--seeds 5] [--steps 20] [--episodes 100] --json`: the component ablation and the ablation of the
 * reward, each seed a training of its own. For every seed the untrained variants play held-out tasks, and the arms (all
 * rewards, the answer alone, long-term tools alone) are trained and play the same ones. One JSON line says the settings,
 * then one a step and one for each variant and environment of held-out episodes.
 *
 * `--file` keeps the lines, and a run that is started again with it does only what is missing. `--out` keeps the adapters:
 * with them `npm run reproduce -- --answer-only DIR/answer-only-1 --lt-rl DIR/lt-rl-1` plays the table.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { NgramEmbedder } from '../memory/embedders/ngram-embedder';
import { episodeConfigOf } from '../policies/site-policies';
import type { GrpoConfig } from '../rl/presets';
import {
  type AblationHead,
  type AblationLine,
  type HeldOutLine,
  type StepLine,
  trainArm,
} from '../rl/reproduce/ablation';
import { ARM_IDS, type ArmId, UNTRAINED_IDS } from '../rl/reproduce/arms';
import { ENVIRONMENT_IDS, type EnvironmentId } from '../rl/reproduce/cells';
import { keptOf, readAblation } from '../rl/reproduce/kept-ablation';
import { playSeed } from '../rl/reproduce/play-cell';
import { openTaskFamily } from '../tasks/registry';
import { Arguments, UsageError } from './arguments';
import { BACKEND_NAMES, FAST_PATH_OPTIONS, fastPathsIn } from './backends';
import { GRPO_OPTIONS, grpoConfigIn } from './grpo-options';
import { transientMemories } from './node-memory';
import { type OpenedPolicy, openPolicy, saveAdapter } from './open-policy';

type Variant = HeldOutLine['method'];

export async function main(argv: readonly string[]): Promise<number> {
  const args = Arguments.parse(argv, 'Train and play the ablation of components and of the reward.', {
    seeds: {
      type: 'string',
      help: 'number of seeds, each a training; at least 5 for intervals',
      default: '5',
    },
    episodes: { type: 'string', help: 'held-out episodes of a seed and a variant', default: '100' },
    only: { type: 'string', help: `of ${[...UNTRAINED_IDS, ...ARM_IDS].join(', ')}; several by commas` },
    family: { type: 'string', help: `trained on: ${ENVIRONMENT_IDS.join(' | ')}`, default: 'qa' },
    environments: { type: 'string', help: 'held-out episodes of; several by commas; left out: the family' },
    ...GRPO_OPTIONS,
    model: { type: 'string', help: 'model folder', default: 'public/policy' },
    backend: { type: 'string', help: BACKEND_NAMES.join(' | '), default: 'wasm' },
    threads: { type: 'string', help: 'WebAssembly threads', default: '2' },
    ...FAST_PATH_OPTIONS,
    file: { type: 'string', help: 'lines are kept here, and what is whole there is not done again' },
    out: { type: 'string', help: 'folder for the adapters, one an arm and seed, PEFT layout' },
    json: { type: 'boolean', help: 'JSON lines only' },
  });
  if (!args) return 0;
  const run = new AblationRun(args);
  for (const seed of Array.from({ length: args.whole('seeds', 1) }, (_, i) => i + 1)) {
    for (const method of run.variants) await run.play(method, seed);
  }
  return 0;
}

class AblationRun {
  readonly variants: readonly Variant[];
  private readonly config: GrpoConfig;
  private readonly family: EnvironmentId;
  private readonly environments: readonly EnvironmentId[];
  private readonly kept: readonly AblationLine[];

  constructor(private readonly args: Arguments) {
    this.variants = listIn(args, 'only', [...UNTRAINED_IDS, ...ARM_IDS]) ?? [...UNTRAINED_IDS, ...ARM_IDS];
    this.config = grpoConfigIn(args);
    this.family = args.choice('family', ENVIRONMENT_IDS);
    this.environments = listIn(args, 'environments', ENVIRONMENT_IDS) ?? [this.family];
    this.kept = this.begin();
  }

  /** A variant on a seed: from the file where it is whole there, else trained if it is an arm, and played. */
  async play(method: Variant, seed: number): Promise<void> {
    const arm = ARM_IDS.find((id) => id === method) ?? null;
    const steps = arm === null ? 0 : this.config.steps;
    const kept = keptOf(this.kept, method, seed, steps, this.environments);
    if (kept !== null) {
      for (const line of kept) this.show(line);
      return;
    }
    const opened = await this.open(seed, arm !== null);
    try {
      const lines: AblationLine[] = [];
      if (arm !== null) for await (const line of this.trained(arm, seed, opened)) lines.push(line);
      for (const environment of this.environments) {
        const values = await playSeed(method, environment, seed, this.settings(opened));
        const line: HeldOutLine = { kind: 'held-out', method, seed, environment, values };
        this.show(line);
        lines.push(line);
      }
      // Whole or not at all: a kill leaves nothing half-trained in the file.
      const file = this.args.text('file');
      if (file) appendFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    } finally {
      opened.model.dispose();
    }
  }

  private async *trained(arm: ArmId, seed: number, opened: OpenedPolicy): AsyncGenerator<StepLine> {
    const settings = {
      policy: opened.policy,
      config: this.config,
      episode: this.episode,
      memories: transientMemories(),
      family: await openTaskFamily(this.family),
    };
    for await (const line of trainArm(arm, seed, settings)) {
      this.show(line);
      yield line;
    }
    const out = this.args.text('out');
    if (out) await saveAdapter(opened, join(out, `${arm}-${seed}`));
  }

  private open(seed: number, trains: boolean): Promise<OpenedPolicy> {
    return openPolicy({
      model: this.model,
      backend: this.args.choice('backend', BACKEND_NAMES),
      threads: this.args.whole('threads', 1),
      fastPaths: fastPathsIn(this.args),
      ...(trains ? { lora: this.config.lora, seed } : {}),
    });
  }

  private settings({ policy }: OpenedPolicy) {
    return {
      policy,
      memories: transientMemories(),
      embedder: new NgramEmbedder(),
      episode: this.episode,
      split: 'evaluation',
      episodesPerSeed: this.args.whole('episodes', 1),
      temperature: this.config.temperature,
      maxNewTokens: this.config.maxNewTokens,
      placement: 'as-looked-up',
    } as const;
  }

  private get model(): string {
    return this.args.text('model') ?? 'public/policy';
  }

  private get episode() {
    return episodeConfigOf(this.model);
  }

  /** Says the settings, and reads or begins the file. */
  private begin(): readonly AblationLine[] {
    const { steps, tasksPerStep, groupSize } = this.config;
    const head: AblationHead = {
      ablation: {
        model: this.model,
        family: this.family,
        backend: this.args.choice('backend', BACKEND_NAMES),
        steps,
        tasksPerStep,
        groupSize,
        episodes: this.args.whole('episodes', 1),
        config: this.config,
      },
    };
    if (this.args.has('json')) process.stdout.write(`${JSON.stringify(head)}\n`);
    const file = this.args.text('file');
    if (!file) return [];
    if (existsSync(file)) {
      const lines = readAblation(readFileSync(file, 'utf8'), head);
      // Again without what a kill cut off, so that the next line begins a line.
      writeFileSync(file, [head, ...lines].map((line) => `${JSON.stringify(line)}\n`).join(''));
      return lines;
    }
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(head)}\n`);
    return [];
  }

  private show(line: AblationLine): void {
    if (this.args.has('json')) {
      process.stdout.write(`${JSON.stringify(line)}\n`);
      return;
    }
    const { method, seed, values } = line;
    const place = line.kind === 'step' ? `step ${line.step}` : `held out, ${line.environment}`;
    const figures = ['score', 'composite', 'memory-quality', 'prompt-tokens']
      .map((metric) => `${metric} ${(values[metric] ?? 0).toFixed(3)}`)
      .join('  ');
    process.stdout.write(`${method.padEnd(12)} seed ${seed}  ${place.padEnd(22)} ${figures}\n`);
  }
}

/** Names of a list by commas, each one there is; null where none is given. Throws `UsageError`. */
function listIn<T extends string>(args: Arguments, name: string, known: readonly T[]): readonly T[] | null {
  const text = args.text(name);
  if (text === undefined) return null;
  const given = text.split(',').map((one) => one.trim());
  for (const one of given) {
    if (!known.some((id) => id === one)) {
      throw new UsageError(`--${name} takes some of ${known.join(', ')}, not "${one}".`);
    }
  }
  return known.filter((id) => given.includes(id));
}
