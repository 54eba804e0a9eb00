/** Vectors of many texts, a few at a time, so that whoever else has something to do in this thread gets a turn. */
import type { Embedder } from '../memory';

const AT_ONCE = 64;
/** After so many milliseconds of embedding others get a turn. */
const BREATH = 20;

/**
 * In the order of the texts.
 * @param onProgress how many are done, now and then
 */
export async function embedInTurns(
  embedder: Embedder,
  texts: readonly string[],
  onProgress?: (done: number) => void,
): Promise<readonly Float32Array[]> {
  const vectors: Float32Array[] = [];
  let breath = performance.now();
  for (let at = 0; at < texts.length; at += AT_ONCE) {
    for (const vector of await embedder.embed(texts.slice(at, at + AT_ONCE))) vectors.push(vector);
    if (performance.now() - breath < BREATH) continue;
    onProgress?.(vectors.length);
    await new Promise((resolve) => setTimeout(resolve));
    breath = performance.now();
  }
  return vectors;
}
