/**
 * `npm run ablation -- [--seeds 5] [--steps 20] [--episodes 100] --json`: the component ablation and the ablation of the
 * reward, each seed a training of its own. For every seed the untrained variants play held-out tasks, and the arms (all
 * rewards, the answer alone, long-term tools alone) are trained and play the same ones. One JSON line says the settings,
 * then one a step and one for each variant and environment of held-out episodes.
 *
 * `--file` keeps the lines, and a run that is started again with it does only what is missing. `--out` keeps the adapters:
 * with them `npm run reproduce -- --answer-only DIR/answer-only-1 --lt-rl DIR/lt-rl-1` plays the table.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { EpisodeConfig } from '../agent/config';
import { ADAPTER_CONFIG_FILE } from '../engine/model/peft';
import {
  type AblationLine,
  ARM_IDS,
  type ArmId,
  type HeldOutLine,
  ownOf,
  type StepLine,
} from '../evidence/ablation-lines';
import { ENVIRONMENT_IDS, type EnvironmentId } from '../evidence/cell-lines';
import { NgramEmbedder } from '../memory/embedders/ngram-embedder';
import type { GrpoConfig } from '../rl/presets';
import { type AblationHead, trainArm } from '../rl/reproduce/ablation';
import { UNTRAINED_IDS } from '../rl/reproduce/arms';
import { TABLE_VERSION } from '../rl/reproduce/cells';
import { type KeptAblation, readAblation } from '../rl/reproduce/kept-ablation';
import { BY_RULES, playSeed } from '../rl/reproduce/play-cell';
import { openTaskFamily } from '../tasks/registry';
import { Arguments, UsageError } from './arguments';
import { BACKEND_NAMES, FAST_PATH_OPTIONS, fastPathsIn } from './backends';
import { episodeRules } from './episode-rules';
import { GRPO_OPTIONS, grpoConfigIn } from './grpo-options';
import { transientMemories } from './node-memory';
import {
  folderFingerprint,
  type OpenedPolicy,
  openPolicy,
  saveAdapter,
  weightsFingerprint,
} from './open-policy';
import { replaceFile } from './replace-folder';

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
  const run = await AblationRun.begin(args);
  for (const seed of Array.from({ length: args.whole('seeds', 1) }, (_, i) => i + 1)) {
    for (const method of run.variants) await run.play(method, seed);
  }
  return 0;
}

class AblationRun {
  readonly variants: readonly Variant[];
  private readonly model: string;
  private readonly config: GrpoConfig;
  private readonly family: EnvironmentId;
  private readonly environments: readonly EnvironmentId[];
  private readonly head: AblationHead;
  private readonly kept: readonly AblationLine[];

  private constructor(
    private readonly args: Arguments,
    private readonly episode: EpisodeConfig,
    { head, lines }: KeptAblation,
  ) {
    this.variants = listIn(args, 'only', [...UNTRAINED_IDS, ...ARM_IDS]) ?? [...UNTRAINED_IDS, ...ARM_IDS];
    this.model = modelIn(args);
    this.config = grpoConfigIn(args);
    this.family = args.choice('family', ENVIRONMENT_IDS);
    this.environments = listIn(args, 'environments', ENVIRONMENT_IDS) ?? [this.family];
    this.head = head;
    this.kept = lines;
  }

  /** Says the settings, and reads or begins the file. Throws `KeptAblationError` for a file of other settings. */
  static async begin(args: Arguments): Promise<AblationRun> {
    const ours = await headIn(args);
    const episode = await episodeRules(modelIn(args), args.has('json'));
    const file = args.text('file');
    if (!file) {
      const run = new AblationRun(args, episode, { head: ours, lines: [] });
      run.say(ours);
      return run;
    }
    const kept = readAblation(existsSync(file) ? readFileSync(file, 'utf8') : '', ours);
    const run = new AblationRun(args, episode, kept);
    mkdirSync(dirname(file), { recursive: true });
    // Again without what a kill cut off, so that the next line begins a line and nothing stands there twice.
    await replaceFile(file, textOf([kept.head, ...kept.lines]));
    run.say(kept.head);
    return run;
  }

  /**
   * A variant on a seed: from the file where it is whole there, else trained if it is an arm, and played. Worlds that were
   * not asked for before are played with the adapter in `--out`; without it the arm is trained again, in place of its lines.
   */
  async play(method: Variant, seed: number): Promise<void> {
    const arm = ARM_IDS.find((id) => id === method) ?? null;
    const kept = ownOf(this.kept, method, seed);
    const played = kept.flatMap((line) => (line.kind === 'held-out' ? line.environment : []));
    const missing = this.environments.filter((id) => !played.includes(id));
    if (missing.length === 0) {
      for (const line of kept) this.show(line);
      return;
    }
    const trained = arm !== null && kept.length > 0 ? await this.reopened(arm, seed, kept) : null;
    const goesOn = kept.length > 0 && (arm === null || trained !== null);
    const opened = trained ?? (await this.open(seed, arm !== null));
    try {
      const lines: AblationLine[] = [];
      if (goesOn) for (const line of kept) this.show(line);
      else if (arm !== null) for await (const line of this.trained(arm, seed, opened)) lines.push(line);
      const weights = await weightsFingerprint(opened);
      const worlds = goesOn ? missing : ENVIRONMENT_IDS.filter((id) => [...played, ...missing].includes(id));
      for (const environment of worlds) {
        const values = await playSeed(method, environment, seed, this.settings(opened));
        const line: HeldOutLine = { kind: 'held-out', method, seed, environment, values, weights };
        this.show(line);
        lines.push(line);
      }
      await this.keep(lines, kept.length > 0 && !goesOn ? { method, seed } : null);
    } finally {
      opened.model.dispose();
    }
  }

  /** The arm as it was trained for these lines; null where its adapter is not there any more, or another is. */
  private async reopened(
    arm: ArmId,
    seed: number,
    kept: readonly AblationLine[],
  ): Promise<OpenedPolicy | null> {
    const adapter = this.adapterFolder(arm, seed);
    if (adapter === null || !existsSync(join(adapter, ADAPTER_CONFIG_FILE))) return null;
    const opened = await openPolicy({ ...this.where, adapter });
    const weights = await weightsFingerprint(opened);
    const told = kept.flatMap((line) => (line.kind === 'held-out' ? (line.weights ?? []) : []));
    if (told.every((one) => one === weights)) return opened;
    opened.model.dispose();
    return null;
  }

  /** Appends to the file, or puts the lines in place of those of a variant on a seed. */
  private async keep(
    lines: readonly AblationLine[],
    instead: { readonly method: Variant; readonly seed: number } | null,
  ): Promise<void> {
    const file = this.args.text('file');
    if (!file) return;
    if (instead === null) {
      appendFileSync(file, textOf(lines));
      return;
    }
    // As the file is now: another run may have added to it.
    const now = readAblation(readFileSync(file, 'utf8'), this.head);
    const own = new Set(ownOf(now.lines, instead.method, instead.seed));
    const others = now.lines.filter((line) => !own.has(line));
    await replaceFile(file, textOf([now.head, ...others, ...lines]));
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
    const folder = this.adapterFolder(arm, seed);
    if (folder !== null) await saveAdapter(opened, folder);
  }

  private open(seed: number, trains: boolean): Promise<OpenedPolicy> {
    return openPolicy({ ...this.where, ...(trains ? { lora: this.config.lora, seed } : {}) });
  }

  private get where() {
    return {
      model: this.model,
      backend: this.args.choice('backend', BACKEND_NAMES),
      threads: this.args.whole('threads', 1),
      fastPaths: fastPathsIn(this.args),
    };
  }

  private adapterFolder(arm: ArmId, seed: number): string | null {
    const out = this.args.text('out');
    return out ? join(out, `${arm}-${seed}`) : null;
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
      replies: BY_RULES,
    } as const;
  }

  private say(line: AblationHead | AblationLine): void {
    if (this.args.has('json')) process.stdout.write(textOf([line]));
  }

  private show(line: AblationLine): void {
    this.say(line);
    if (this.args.has('json')) return;
    const { method, seed, values } = line;
    const place = line.kind === 'step' ? `step ${line.step}` : `held out, ${line.environment}`;
    const figures = ['score', 'composite', 'memory-quality', 'prompt-tokens']
      .map((metric) => `${metric} ${(values[metric] ?? 0).toFixed(3)}`)
      .join('  ');
    process.stdout.write(`${method.padEnd(12)} seed ${seed}  ${place.padEnd(22)} ${figures}\n`);
  }
}

function modelIn(args: Arguments): string {
  return args.text('model') ?? 'public/policy';
}

async function headIn(args: Arguments): Promise<AblationHead> {
  const model = modelIn(args);
  const config = grpoConfigIn(args);
  const { steps, tasksPerStep, groupSize } = config;
  return {
    ablation: {
      model,
      family: args.choice('family', ENVIRONMENT_IDS),
      backend: args.choice('backend', BACKEND_NAMES),
      steps,
      tasksPerStep,
      groupSize,
      episodes: args.whole('episodes', 1),
      config,
      weights: await folderFingerprint(model),
      version: TABLE_VERSION,
    },
  };
}

function textOf(lines: readonly (AblationHead | AblationLine)[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
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
