/**
 * `npm run drift -- [--backend wasm|webgpu|reference] [--batches N] [--json]`: the recorded batches trained on a
 * back end against the float64 reference, one line a quantity; exit status 1 if any drifts too far.
 * `--record` makes the batches (a real run on WebAssembly, preset lab, seed 1); `--backend reference --write`
 * computes the reference trajectory. Both write to the folder; see its README.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BUNDLED_EPISODE_CONFIG } from '../agent/config';
import {
  type RecordedBatch,
  type Recording,
  readRecording,
  recordingModel,
  writeRecording,
} from '../rl/drift/recorded-batch';
import { drift, replay, type Trajectory } from '../rl/drift/replay';
import { PRESETS } from '../rl/presets';
import { GrpoTrainer } from '../rl/trainer';
import { sampleTask } from '../tasks/ladder';
import { Arguments } from './arguments';
import { BACKEND_NAMES } from './backends';
import { transientMemories } from './node-memory';
import { openPolicy } from './open-policy';

const BATCHES = 50;
const SEED = 1;
const MODEL = 'public/policy';
/**
 * A third of the lab's rate: at the full rate this thinned run is unstable, and one back end replayed with
 * nothing but another order of rounding ends as far from itself (README of the folder).
 */
const LR = 1e-3;
const CONFIG = { ...PRESETS.lab.config, tasksPerStep: 1, groupSize: 4, steps: BATCHES, lr: LR };

export async function main(argv: readonly string[]): Promise<number> {
  const args = Arguments.parse(argv, 'Replay recorded batches and compare with the float64 reference.', {
    folder: { type: 'string', help: 'recorded batches and reference', default: 'fixtures/drift' },
    backend: { type: 'string', help: BACKEND_NAMES.join(' | '), default: 'wasm' },
    batches: { type: 'string', help: 'only the first ones', default: String(BATCHES) },
    record: { type: 'boolean', help: 'play and keep the batches' },
    write: { type: 'boolean', help: 'write the trajectory as the reference' },
    json: { type: 'boolean', help: 'one JSON line a quantity' },
  });
  if (!args) return 0;
  const folder = args.text('folder') ?? 'fixtures/drift';
  if (args.has('record')) {
    await writeFile(join(folder, 'batches.jsonl'), writeRecording(await record()));
    return 0;
  }
  const recording = readRecording(await readFile(join(folder, 'batches.jsonl'), 'utf8'));
  const batches = recording.batches.slice(0, args.whole('batches', 1));
  const backend = args.choice('backend', BACKEND_NAMES);
  const { header } = recording;
  const { model } = await openPolicy({
    model: header.model,
    backend,
    lora: header.lora,
    seed: header.adapterSeed,
  });
  try {
    const started = performance.now();
    const run = await replay(model, batches, (done) => {
      if (done % 10 === 0) process.stderr.write(`${done} of ${batches.length} batches\n`);
    });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    process.stderr.write(`${backend}: ${model.info.device}, ${seconds} s\n`);
    const file = join(folder, 'reference.json');
    if (args.has('write')) {
      await writeFile(file, `${JSON.stringify(run, nineDigits)}\n`);
      return 0;
    }
    const lines = drift(run, JSON.parse(await readFile(file, 'utf8')) as Trajectory);
    for (const line of lines) {
      const text = `${line.pass ? 'pass' : 'FAIL'}  ${line.quantity} after ${line.batches}  ${line.error.toExponential(1)} <= ${line.tolerance}`;
      process.stdout.write(`${args.has('json') ? JSON.stringify({ backend, ...line }) : text}\n`);
    }
    return lines.every(({ pass }) => pass) ? 0 : 1;
  } finally {
    model.dispose();
  }
}

/** More than float32 weights hold; a third of the bytes. */
function nineDigits(_: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(9)) : value;
}

/** A run of the bundled policy whose updates are thinned to what the reference can follow. */
async function record(): Promise<Recording> {
  const { lora } = CONFIG;
  const { policy } = await openPolicy({ model: MODEL, backend: 'wasm', lora, threads: 2, seed: SEED });
  const batches: RecordedBatch[] = [];
  const model = recordingModel(policy.model, { samples: 4, tokens: 240 }, (batch) => batches.push(batch));
  const trainer = new GrpoTrainer({
    policy: policy.on(model),
    config: CONFIG,
    episode: BUNDLED_EPISODE_CONFIG,
    memories: transientMemories(),
    sampleTask: (seed) => sampleTask(seed, 'train'),
    seed: SEED,
    runId: 'drift',
  });
  while (!trainer.finished) {
    const { metrics } = await trainer.trainStep();
    if (metrics.step % 10 === 0) process.stderr.write(`${metrics.step} of ${BATCHES} steps\n`);
  }
  policy.model.dispose();
  return { header: { model: MODEL, lora, adapterSeed: SEED, command: 'npm run drift -- --record' }, batches };
}
