import { describe, expect, test } from 'vitest';
import { mostLikely } from '../../engine/model/generation';
import { createRandom } from '../../tasks/random';
import { TokenRecorder } from './token-recorder';

function recorded(row: Float32Array, id: number, temperature: number, alternatives: number) {
  const recorder = new TokenRecorder();
  recorder.begin(temperature, alternatives);
  expect(recorder.processLogits(row)).toBe(row);
  recorder.processSampledToken(id);
  const [token] = recorder.take();
  expect(recorder.take()).toEqual([]);
  return token;
}

describe('on random rows', () => {
  const random = createRandom(11);
  const rows = Array.from({ length: 40 }, (_, at) => ({
    row: Float32Array.from({ length: 5 + at * 13 }, () => (random.next() - 0.5) * 40),
    temperature: [1, 0.7, 1.3, 0][at % 4],
  }));

  test('log-probs and alternatives are those of the engine', () => {
    for (const { row, temperature } of rows) {
      const all = mostLikely(row, temperature, row.length);
      const id = random.int(row.length);
      const token = recorded(row, id, temperature, 5);
      expect(token.id).toBe(id);
      expect(token.logprob).toBeCloseTo(all.find((other) => other.id === id)?.logprob ?? Number.NaN, 9);
      expect(token.alternatives.map((other) => other.id)).toEqual(all.slice(0, 5).map((other) => other.id));
      token.alternatives.forEach((other, at) => {
        expect(other.logprob).toBeCloseTo(all[at].logprob, 9);
      });
    }
  });

  test('entropy is −Σ p ln p at the temperature', () => {
    for (const { row, temperature } of rows) {
      const all = mostLikely(row, temperature, row.length);
      const expected = -all.reduce((sum, { logprob }) => sum + Math.exp(logprob) * logprob, 0);
      expect(recorded(row, 0, temperature, 0).entropy).toBeCloseTo(expected, 9);
    }
  });
});

test('what a grammar rules out has no share and is no alternative', () => {
  const row = Float32Array.of(1, Number.NEGATIVE_INFINITY, 1, Number.NEGATIVE_INFINITY);
  const token = recorded(row, 2, 1, 4);
  expect(token.logprob).toBeCloseTo(Math.log(0.5), 12);
  expect(token.entropy).toBeCloseTo(Math.log(2), 12);
  expect(token.alternatives.map((other) => other.id)).toEqual([0, 2]);
});

test('a row that WebLLM forgot with its cache leaves no token behind', () => {
  const recorder = new TokenRecorder();
  recorder.begin(1, 0);
  recorder.processLogits(Float32Array.of(1, 2));
  recorder.resetState();
  recorder.processSampledToken(1);
  expect(recorder.take()).toEqual([]);
});
