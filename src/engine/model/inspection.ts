/**
 * Passes that are made to be looked at: final hidden states and logits of whole sequences, and logits as
 * generation computes them, through the cache. Conformance and tests compare them; nothing that trains or
 * samples uses them, so they keep and read everything at once.
 */
import type { FloatArray } from '../backend';
import { type ActiveAdapter, type DecoderContext, forward } from './decoder';
import { logitsOf } from './head';
import { openCache, packCached } from './kv-cache';
import { packSequences, uploadRows } from './packed-batch';

export interface Inspected {
  /** `[rows, hidden]`, sequences one after the other. */
  readonly hidden: FloatArray;
  /** `[rows, vocab]` */
  readonly logits: FloatArray;
}

export async function inspectSequences(
  context: DecoderContext,
  sequences: readonly (readonly number[])[],
  adapter: ActiveAdapter | undefined,
): Promise<Inspected> {
  const { backend, scratch } = context;
  const states = forward(context, uploadRows(scratch, packSequences(sequences)), adapter);
  const deviceLogits = logitsOf(context, states.hidden, states.rows);
  const [hidden, logits] = await Promise.all([
    backend.readFloats(states.hidden),
    backend.readFloats(deviceLogits),
  ]);
  return { hidden, logits };
}

/** Logits `[vocab]` after each given token: the prompt is prefilled, then they follow one by one. */
export async function logitsThroughCache(
  context: DecoderContext,
  promptIds: readonly number[],
  tokens: readonly number[],
  adapter: ActiveAdapter | undefined,
): Promise<readonly FloatArray[]> {
  const { backend, scratch, config } = context;
  const cache = openCache(backend, scratch, config, [promptIds.length + tokens.length]);
  const results: FloatArray[] = [];
  let past = 0;
  for (const ids of [promptIds, ...tokens.map((id) => [id])]) {
    const rows = uploadRows(scratch, packCached(cache, [{ slot: 0, past, ids }]));
    const states = forward(context, rows, adapter, cache);
    if (past > 0) results.push(await backend.readFloats(logitsOf(context, states.hidden, 1)));
    past += ids.length;
  }
  return results;
}
