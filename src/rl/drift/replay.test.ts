/** The drift gate on WebAssembly, and that the gate sees what it is for. Under SOAK=1 the reference runs too. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openPolicy } from '../../cli/open-policy';
import type { BackendName } from '../../engine/backend';
import type { PolicyBatch } from '../../engine/language-model';
import { type RecordedBatch, RecordingFormatError, readRecording, writeRecording } from './recorded-batch';
import { type DriftLine, drift, replay, type Trajectory } from './replay';

const SOAK = Boolean(process.env.SOAK);
const file = (name: string) =>
  readFileSync(new URL(`../../../fixtures/drift/${name}`, import.meta.url), 'utf8');
const TEXT = file('batches.jsonl');
const RECORDING = readRecording(TEXT);
const REFERENCE = JSON.parse(file('reference.json')) as Trajectory;

async function driftOn(
  backend: BackendName,
  count: number,
  change: (batch: RecordedBatch) => RecordedBatch = (batch) => batch,
): Promise<DriftLine[]> {
  const { model, lora, adapterSeed } = RECORDING.header;
  const opened = await openPolicy({ model, backend, lora, seed: adapterSeed, threads: 1 });
  try {
    return drift(await replay(opened.model, RECORDING.batches.slice(0, count).map(change)), REFERENCE);
  } finally {
    opened.model.dispose();
  }
}

const failures = (lines: readonly DriftLine[]) => lines.filter(({ pass }) => !pass);

describe('the recording', () => {
  it('is 50 batches of preset lab that pull both ways, and is written as it was read', () => {
    expect(RECORDING.batches).toHaveLength(50);
    for (const { batch, options } of RECORDING.batches) {
      expect(batch.advantages.some((a) => a > 0) && batch.advantages.some((a) => a < 0)).toBe(true);
      expect(options.iterations).toBe(2);
    }
    expect(writeRecording(RECORDING)).toBe(TEXT);
    expect(() => readRecording('{}')).toThrow(RecordingFormatError);
  });
});

describe('drift', () => {
  it('stays within bounds on WebAssembly', { timeout: 120_000 }, async () => {
    const lines = await driftOn('wasm', 50);
    expect(lines.length).toBeGreaterThan(4);
    expect(failures(lines)).toEqual([]);
  });

  it('is seen when a batch loses its sign, its rate or one token', { timeout: 120_000 }, async () => {
    const changed: readonly ((entry: RecordedBatch) => RecordedBatch)[] = [
      ({ batch, options }) => ({
        batch: { ...batch, advantages: batch.advantages.map((a) => -a) } satisfies PolicyBatch,
        options,
      }),
      ({ batch, options }) => ({
        batch,
        options: { ...options, optimiser: { ...options.optimiser, lr: options.optimiser.lr * 1.001 } },
      }),
      ({ batch, options }) => ({
        batch: {
          ...batch,
          masks: batch.samples.map(({ completionIds }) => completionIds.map((_, i) => (i === 0 ? 0 : 1))),
        },
        options,
      }),
    ];
    for (const change of changed) expect(failures(await driftOn('wasm', 5, change))).not.toEqual([]);
  });

  it.runIf(SOAK)('the reference still computes its own trajectory', { timeout: 3_600_000 }, async () => {
    for (const { error } of await driftOn('reference', 50)) expect(error).toBeLessThan(1e-6);
  });
});
