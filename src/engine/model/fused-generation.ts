/**
 * Generation with many tokens a dispatch: prompts but their last tokens are prefilled as a forest, then
 * the kernel reads, draws and goes on by itself, one workgroup a rollout. Dispatches are enqueued one
 * after the other without looking at what came out, rows that are done leave them at once, and the whole
 * batch is read once at the end; with a listener it is read after every dispatch.
 */
import type { Tensor } from '../backend';
import type { GenerateOptions } from '../language-model';
import { type ActiveAdapter, type DecoderContext, fillCache } from './decoder';
import { DispatchClock } from './dispatch-clock';
import { accept, type FusedWay, type GenerationCounts, PREFILL_ROWS, type Sequence } from './generation';
import { type KvCache, openCache, packPrompts } from './kv-cache';
import { uploadRows } from './packed-batch';
import { uniformAt } from './random';
import { planForests } from './token-tree';

/** Numbers of a row in `state`, and of a token in `record`. */
const STATE_WIDTH = 8;
const RECORD_WIDTH = 3;
/** Dispatches under way at once: an abort is heard soon. */
const MOST_UNDER_WAY = 2;

export class FusedWave {
  constructor(
    private readonly context: DecoderContext,
    private readonly options: GenerateOptions,
    private readonly adapter: ActiveAdapter | undefined,
    private readonly fused: FusedWay,
    private readonly counts: GenerationCounts,
  ) {}

  async run(sequences: readonly Sequence[], capacities: readonly number[]): Promise<void> {
    const { signal, onToken } = this.options;
    const { backend, scratch, config } = this.context;
    const active = sequences.filter((sequence) => !sequence.finish);
    if (active.length === 0) return;
    const cache = openCache(backend, scratch, config, capacities);
    await this.prefill(cache, active);
    const limits = active.map(({ slot, promptIds }) => Math.max(1, capacities[slot] - promptIds.length));
    const maxTokens = Math.max(...limits);
    const state = this.uploadState(cache, active, limits);
    const draws = this.uploadDraws(active, limits, maxTokens);
    const record = scratch.floats('fused.record', active.length * maxTokens * RECORD_WIDTH);
    backend.fill(record, -1);
    const underWay: Promise<void>[] = [];
    const { decoder, pace, fixedTokens } = this.fused;
    const clock = new DispatchClock(
      active.length,
      Math.max(...active.map(({ promptIds }) => promptIds.length)),
    );
    // So that the first dispatch is timed from where the prompts end.
    clock.prefilled(backend.flush());
    for (let done = 0; done < maxTokens && !signal?.aborted; ) {
      const fitting = fixedTokens ?? pace.tokens(active.length, clock.context, clock.measures);
      const tokens = Math.min(fitting, maxTokens - done);
      backend.decodeTokens?.({
        ...decoder,
        adapter: this.adapter && this.fused.adapter,
        cache: cache.whole,
        region: cache.region,
        state,
        draws,
        record,
        rows: active.length,
        tokens,
        maxTokens,
        temperature: this.options.temperature,
        stopIds: this.options.stopIds,
      });
      done += tokens;
      const finished = clock.dispatched(tokens, backend.flush());
      underWay.push(finished);
      if (underWay.length >= MOST_UNDER_WAY || (clock.measures.length === 0 && !pace.knows(active.length))) {
        await underWay.shift();
      }
      if (onToken) {
        await this.collect(record, active, limits, maxTokens);
        if (active.every(({ finish }) => finish)) return this.learn(clock, active);
      }
    }
    await this.collect(record, active, limits, maxTokens);
    this.learn(clock, active);
    for (const sequence of active) sequence.finish ??= 'aborted';
  }

  /** Tells the pace what the dispatches took, but those that began with rows done. */
  private learn(clock: DispatchClock, sequences: readonly Sequence[]): void {
    if (this.fused.fixedTokens !== undefined) return;
    this.fused.pace.learn(clock.measures, Math.min(...sequences.map(({ ids }) => ids.length)));
  }

  /** All of each prompt but its last token, which the kernel reads. */
  private async prefill(cache: KvCache, sequences: readonly Sequence[]): Promise<void> {
    const { scratch } = this.context;
    const prompts = sequences.map(({ promptIds }) => promptIds.slice(0, -1));
    for (const { members, rows } of planForests(prompts, PREFILL_ROWS)) {
      this.counts.prefilledTokens += rows;
      if (rows === 0) continue;
      const { packed } = packPrompts(
        cache,
        members.map((index) => prompts[index]),
        members.map((index) => sequences[index].slot),
      );
      fillCache(this.context, uploadRows(scratch, packed), this.adapter, cache);
    }
  }

  private uploadState(cache: KvCache, sequences: readonly Sequence[], limits: readonly number[]): Tensor {
    const host = new Int32Array(sequences.length * STATE_WIDTH);
    sequences.forEach(({ slot, promptIds }, row) => {
      const last = promptIds.length - 1;
      host.set([cache.bases[slot], last, promptIds[last], 0, limits[row], 0], row * STATE_WIDTH);
    });
    const state = this.context.scratch.ints('fused.state', host.length);
    this.context.backend.write(state, host);
    return state;
  }

  private uploadDraws(sequences: readonly Sequence[], limits: readonly number[], maxTokens: number): Tensor {
    const host = new Float32Array(sequences.length * maxTokens);
    sequences.forEach(({ seed }, row) => {
      for (let i = 0; i < limits[row]; i++) host[row * maxTokens + i] = uniformAt(seed, i);
    });
    const draws = this.context.scratch.floats('fused.draws', host.length);
    this.context.backend.write(draws, host);
    return draws;
  }

  /** Reads the record and hands out what is new, in the order of the tokens. */
  private async collect(
    record: Tensor,
    sequences: readonly Sequence[],
    limits: readonly number[],
    maxTokens: number,
  ): Promise<void> {
    this.counts.readbacks++;
    const values = await this.context.backend.readFloats(record);
    for (let i = 0; i < maxTokens; i++) {
      sequences.forEach((sequence, row) => {
        const at = (row * maxTokens + i) * RECORD_WIDTH;
        if (sequence.finish || i < sequence.ids.length || values[at] < 0) return;
        const id = values[at];
        sequence.ids.push(id);
        accept(
          sequence,
          { id, logprob: values[at + 1], entropy: values[at + 2], alternatives: [] },
          this.options,
        );
        if (this.options.stopIds.includes(id)) sequence.finish = 'stop';
        else if (sequence.ids.length >= limits[row]) sequence.finish = 'length';
      });
    }
  }
}
