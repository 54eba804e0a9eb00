/**
 * Generation with one pass a token, for every model on every back end.
 *
 * Prompts are prefilled as a forest (what they share is computed once), then all unfinished sequences
 * advance one token per pass. A pass draws on the device and the next one takes its ids from there, so
 * nobody need look in between: ids, log-probs and entropies collect in a log and are read together. How
 * often is a trade. Looking costs a wait for the device; not looking costs the rows of sequences that have
 * met a stop id meanwhile, which go on within their own cache rows and are dropped by the host. Rows that
 * reach their limit leave at once, since that is known beforehand: rows are in order of their limits, and a
 * pass takes as many of the first ones as still go on.
 *
 * What the kernel cannot draw, a nucleus or under a constraint, is drawn on the host (`host-sampling.ts`): then
 * every pass is looked at, and its logits are read.
 */
import { type BackendInfo, type FloatArray, type Tensor, VIEW_ALIGNMENT } from '../backend';
import type { GenerateOptions, TokenConstraint } from '../language-model';
import { type ActiveAdapter, type DecoderContext, forward } from './decoder';
import type { EventLoopTurns } from './event-loop-turns';
import { accept, type GenerationCounts, mostLikely, PREFILL_ROWS, type Sequence } from './generation';
import { logitsOf } from './head';
import { drawOnHost } from './host-sampling';
import { type KvCache, openCache, packPrompts } from './kv-cache';
import { type DeviceRows, uploadRows } from './packed-batch';
import { uniformAt } from './random';
import { planForests } from './token-tree';

/** Passes whose places and draws go up together; also how far the host runs ahead of the device. */
const MOST_PASSES = 16;
/** With a listener on a GPU: streaming stays fluent. */
const LISTENING = 4;
/** A software adapter computes wasted rows one by one, and looking costs it little. */
const SOFTWARE = 8;
/** Floats of the log at most: 16 MiB. It is read before it overflows. */
const LOG_ELEMENTS = 2 ** 22;

/** Tokens of each sequence between two readbacks. */
export function tokensBetweenReads(info: BackendInfo, options: GenerateOptions): number {
  const { alternatives = 0, onToken, readEvery } = options;
  // Alternatives are made of the logits of one pass, and so are tokens that the host draws.
  if (alternatives > 0 || drawsOnHost(options)) return 1;
  if (readEvery !== undefined) return Math.max(1, Math.floor(readEvery));
  // Where the host computes, looking costs nothing.
  if (info.name !== 'webgpu') return 1;
  if (onToken) return LISTENING;
  return info.software ? SOFTWARE : Infinity;
}

/** Whether tokens are drawn as the kernel does not. */
export function drawsOnHost({ topP = 1, constraint }: GenerateOptions): boolean {
  return topP !== 1 || constraint !== undefined;
}

/** One pass of a stretch, on the device. */
interface PlannedPass {
  readonly rows: Omit<DeviceRows, 'ids'>;
  readonly uniforms: Tensor;
  readonly sequences: readonly Sequence[];
}

/** A pass that has been made. What was drawn is on the device: ids (as floats), log-probs, entropies from `offset` on. */
interface Drawn {
  readonly sequences: readonly Sequence[];
  readonly offset: number;
}

export class PlainWave {
  #log!: Tensor;
  #used = 0;
  #drawn: Drawn[] = [];
  /** Logits of the last pass. */
  #logits!: Tensor;
  /** 0, 1, 2 ... as floats: what turns an id into a float without leaving the device. */
  #numbers!: Tensor;
  /** How many tokens each sequence may draw, by slot. */
  #limits: number[] = [];
  readonly #onHost: boolean;
  /** By request. */
  readonly #constraints = new Map<number, TokenConstraint>();

  constructor(
    private readonly context: DecoderContext,
    private readonly options: GenerateOptions,
    private readonly adapter: ActiveAdapter | undefined,
    private readonly turns: EventLoopTurns,
    private readonly counts: GenerationCounts,
  ) {
    this.#onHost = drawsOnHost(options);
  }

  async run(sequences: readonly Sequence[], capacities: readonly number[]): Promise<void> {
    const { signal } = this.options;
    const { backend, scratch, config } = this.context;
    const waiting = sequences.filter((sequence) => !sequence.finish);
    if (waiting.length === 0) return;
    this.#limits = sequences.map(({ slot, promptIds }) => Math.max(1, capacities[slot] - promptIds.length));
    const limit = ({ slot }: Sequence) => this.#limits[slot];
    let rows = [...waiting].sort((a, b) => limit(b) - limit(a) || a.slot - b.slot);
    const most = limit(rows[0]);
    this.#numbers = scratch.floats('sample.numbers', config.vocabSize);
    backend.write(
      this.#numbers,
      Float32Array.from({ length: config.vocabSize }, (_, id) => id),
    );
    const between = tokensBetweenReads(backend.info, this.options);
    const logged = 3 * aligned(rows.length) * Math.min(between, most);
    this.#log = scratch.floats(
      'sample.log',
      Math.max(3 * aligned(rows.length), Math.min(LOG_ELEMENTS, logged)),
    );
    const cache = openCache(backend, scratch, config, capacities);
    const states = await this.prefill(cache, waiting, rows);
    /** The newest ids where the device has them in the order of `rows`. */
    let newest: Tensor | undefined;
    if (states) newest = this.draw(states, this.plan(cache, rows, 0, 1)[0]);
    for (let step = 1, unread = 1; newest && !signal?.aborted; ) {
      if (unread >= between || step >= most) {
        await this.settle();
        unread = 0;
        const going = rows.filter(({ finish }) => !finish);
        if (going.length === 0) break;
        if (this.#onHost || going.length < rows.length) newest = this.uploadIds(going);
        rows = going;
      }
      const passes = Math.min(between - unread, most - step, MOST_PASSES);
      for (const pass of this.plan(cache, rows, step, passes)) {
        if (signal?.aborted || pass.sequences.length === 0) break;
        if (this.#used + 3 * aligned(pass.sequences.length) > this.#log.length) await this.settle();
        const ids = newest && backend.view(newest, 0, pass.sequences.length);
        const { hidden } = forward(this.context, { ...pass.rows, ids }, this.adapter, cache);
        newest = this.draw(hidden, pass);
        await this.turns.maybe();
      }
      step += passes;
      unread += passes;
      if (unread < between) await backend.flush();
    }
    await this.settle();
    for (const sequence of sequences) sequence.finish ??= 'aborted';
  }

  /**
   * Reads prompts into the cache.
   * @returns the state after each prompt, in the order of `rows`; undefined when aborted
   */
  private async prefill(
    cache: KvCache,
    waiting: readonly Sequence[],
    rows: readonly Sequence[],
  ): Promise<Tensor | undefined> {
    const { backend, scratch, config } = this.context;
    const dim = config.hiddenSize;
    const prompts = waiting.map(({ promptIds }) => promptIds);
    const place = new Map(rows.map((sequence, row) => [sequence, row]));
    const forests = planForests(prompts, PREFILL_ROWS);
    let states: Tensor | undefined;
    for (const forest of forests) {
      if (this.options.signal?.aborted) return undefined;
      this.counts.prefilledTokens += forest.rows;
      const members = forest.members.map((index) => waiting[index]);
      const { packed, last } = packPrompts(
        cache,
        members.map(({ promptIds }) => promptIds),
        members.map(({ slot }) => slot),
      );
      const result = forward(this.context, uploadRows(scratch, packed), this.adapter, cache);
      // Every member is one of `rows`.
      const to = Int32Array.from(members, (sequence) => place.get(sequence) as number);
      if (forests.length === 1) {
        const from = new Int32Array(last.length);
        to.forEach((row, member) => {
          from[row] = last[member];
        });
        if (from.length === result.rows && from.every((row, i) => row === i)) return result.hidden;
        return this.gather('sample.states', result.hidden, from);
      }
      states ??= scratch.floats('sample.states', rows.length * dim);
      const own = this.gather('sample.own', result.hidden, last);
      const index = scratch.ints('sample.to', to.length);
      backend.write(index, to);
      backend.scatterRows({ out: states, x: own, index, rows: to.length, dim });
      await this.turns.maybe();
    }
    return states;
  }

  private gather(label: string, hidden: Tensor, from: Int32Array): Tensor {
    const { backend, scratch, config } = this.context;
    const dim = config.hiddenSize;
    const index = scratch.ints('sample.from', from.length);
    backend.write(index, from);
    const out = scratch.floats(label, from.length * dim);
    backend.gatherRows({ out, x: hidden, index, rows: from.length, dim });
    return out;
  }

  /** Uploads places and draws of the passes that make tokens `step .. step + passes`, for rows that go on. */
  private plan(
    cache: KvCache,
    rows: readonly Sequence[],
    step: number,
    passes: number,
  ): readonly PlannedPass[] {
    const { backend, scratch } = this.context;
    const going = Array.from({ length: passes }, (_, i) =>
      rows.filter(({ slot }) => this.#limits[slot] > step + i),
    );
    const stride = aligned(rows.length);
    const draws = new Float32Array(passes * stride);
    const arrays = going.flatMap((sequences, i) => {
      sequences.forEach(({ seed }, row) => {
        draws[i * stride + row] = uniformAt(seed, step + i);
      });
      const position = sequences.map(({ promptIds }) => promptIds.length + step + i - 1);
      const base = sequences.map(({ slot }) => cache.bases[slot]);
      const at = position.map((p, row) => base[row] + p);
      return [position, base, at.map((row) => row + 1), at].map((values) => Int32Array.from(values));
    });
    const places = scratch.uploadInts('plain.places', arrays);
    const uniforms = scratch.floats('plain.draws', draws.length);
    backend.write(uniforms, draws);
    return going.map((sequences, i) => {
      const [positions, keyStart, keyEnd, cacheRows] = places.slice(4 * i, 4 * i + 4);
      return {
        rows: { rows: sequences.length, positions, keyStart, keyEnd, cacheRows },
        uniforms: backend.view(uniforms, i * stride, sequences.length),
        sequences,
      };
    });
  }

  /** Draws a token for each row into the log, unless the host will. @returns the ids on the device */
  private draw(hidden: Tensor, { uniforms, sequences }: PlannedPass): Tensor {
    const { backend, scratch, config } = this.context;
    const rows = sequences.length;
    const stride = aligned(rows);
    const offset = this.#used;
    this.#used += 3 * stride;
    this.#drawn.push({ sequences, offset });
    this.#logits = logitsOf(this.context, hidden, rows);
    const ids = scratch.ints('sample.ids', rows);
    // The host uploads them when it has drawn.
    if (this.#onHost) return ids;
    const part = (i: number) => backend.view(this.#log, offset + i * stride, rows, 'sample.log');
    backend.sample({
      ids,
      logprob: part(1),
      entropy: part(2),
      logits: this.#logits,
      uniforms,
      rows,
      vocab: config.vocabSize,
      temperature: this.options.temperature,
    });
    backend.gatherRows({ out: part(0), x: this.#numbers, index: ids, rows, dim: 1 });
    return ids;
  }

  private uploadIds(rows: readonly Sequence[]): Tensor {
    const ids = this.context.scratch.ints('sample.ids', rows.length);
    this.context.backend.write(
      ids,
      Int32Array.from(rows, ({ tokens }) => tokens[tokens.length - 1].id),
    );
    return ids;
  }

  /** Reads the log, hands its tokens out and ends the sequences that are done. */
  private async settle(): Promise<void> {
    if (this.#drawn.length === 0) return;
    const { backend } = this.context;
    const { temperature, alternatives = 0, stopIds } = this.options;
    const { vocabSize } = this.context.config;
    this.counts.readbacks++;
    const [values, logits] = await Promise.all([
      this.#onHost ? undefined : backend.readFloats(backend.view(this.#log, 0, this.#used, 'sample.log')),
      this.#onHost || alternatives > 0 ? backend.readFloats(this.#logits) : undefined,
    ]);
    const drawn = this.#drawn;
    this.#drawn = [];
    this.#used = 0;
    for (const { sequences, offset } of drawn) {
      const stride = aligned(sequences.length);
      sequences.forEach((sequence, row) => {
        if (sequence.finish) {
          this.counts.wastedRows++;
          return;
        }
        const rowLogits = logits?.subarray(row * vocabSize, (row + 1) * vocabSize);
        const [id, logprob, entropy] =
          values === undefined
            ? this.drawHere(sequence, rowLogits)
            : [0, 1, 2].map((i) => values[offset + i * stride + row]);
        const best = rowLogits && alternatives > 0 ? mostLikely(rowLogits, temperature, alternatives) : [];
        accept(sequence, { id, logprob, entropy, alternatives: best }, this.options);
        if (stopIds.includes(id)) sequence.finish = 'stop';
        else if (sequence.tokens.length >= this.#limits[sequence.slot]) sequence.finish = 'length';
      });
    }
  }

  /** Draws the next token of a sequence from logits `[vocab]`. */
  private drawHere(sequence: Sequence, logits: FloatArray = new Float32Array()): readonly number[] {
    const { temperature, topP = 1, constraint } = this.options;
    const { request, seed, tokens } = sequence;
    let held = this.#constraints.get(request);
    if (!held && constraint) {
      held = constraint(request);
      this.#constraints.set(request, held);
    }
    const how = { temperature, topP, seed, index: tokens.length, constraint: held };
    const { id, logprob, entropy } = drawOnHost(logits, how);
    return [id, logprob, entropy];
  }
}

function aligned(rows: number): number {
  return Math.ceil(rows / VIEW_ALIGNMENT) * VIEW_ALIGNMENT;
}
