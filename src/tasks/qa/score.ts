/**
 * How good a short answer is: 1 for an exact match, else token F1, both after the normalisation
 * used by SQuAD and HotpotQA (lower case, no punctuation, no articles, single spaces).
 */

/** Lower case, punctuation and articles removed, white space collapsed. */
export function normaliseAnswer(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s]/gu, '')
    .replace(/\b(a|an|the)\b/g, ' ')
    .trim()
    .replace(/\s+/g, ' ');
}

function tokenF1(prediction: string, gold: string): number {
  const predicted = prediction.split(' ').filter(Boolean);
  const expected = gold.split(' ').filter(Boolean);
  const left = new Map<string, number>();
  for (const token of expected) left.set(token, (left.get(token) ?? 0) + 1);
  let shared = 0;
  for (const token of predicted) {
    const count = left.get(token) ?? 0;
    if (count > 0) {
      shared++;
      left.set(token, count - 1);
    }
  }
  return shared === 0 ? 0 : (2 * shared) / (predicted.length + expected.length);
}

/** In [0, 1]: the best over all acceptable answers. */
export function scoreAnswer(prediction: string, answers: readonly string[]): number {
  const predicted = normaliseAnswer(prediction);
  return Math.max(
    0,
    ...answers.map((answer) => {
      const gold = normaliseAnswer(answer);
      return predicted === gold ? 1 : tokenF1(predicted, gold);
    }),
  );
}
