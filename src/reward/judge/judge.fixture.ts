/**
 * Judges that act by rule: they read the prompt a model would read, as text, and answer to the letter, wrongly or
 * garbled, by the seed and the rates they are given.
 */
import { textPolicy } from '../../agent/playing.fixture';
import type { Policy, PolicyRequest } from '../../agent/policy';
import { createRandom } from '../../tasks/random';

/** The last quoted text after a label of the short prompt, e.g. `Given`. */
export function line(request: PolicyRequest, label: string): string {
  const prompt = request.messages.map(({ content }) => content).join('\n');
  return prompt.match(new RegExp(`^${label}: "(.*)"`, 'm'))?.[1] ?? '';
}

export const asked = (request: PolicyRequest): 'task' | 'relevance' | 'storage' => {
  const prompt = request.messages.at(-1)?.content ?? '';
  if (prompt.includes('Is the given answer right?')) return 'task';
  return prompt.includes('Does it help to answer?') ? 'relevance' : 'storage';
};

export const score = (value: number) => `<score>${value.toFixed(1)}</score>`;

/** Judges as `score` says. */
export function ruleJudge(decide: (request: PolicyRequest) => string): Policy {
  return { ...textPolicy(decide), id: 'rule-judge' };
}

/** Right by comparing words; wrong at `wrong`, unreadable at `garbled`, drawn by what it is asked. */
export function fallibleJudge(rates: { readonly wrong: number; readonly garbled: number }): Policy {
  return ruleJudge((request) => {
    const prompt = request.messages.map(({ content }) => content).join('\n');
    const random = createRandom('fallible-judge', prompt);
    if (random.chance(rates.garbled))
      return random.pick(['', 'Yes.', '<score>9</score>', 'I say <score>1.0</score>']);
    if (asked(request) !== 'task') return score(1);
    const right = line(request, 'Right').split('" or "').includes(line(request, 'Given'));
    return score(right !== random.chance(rates.wrong) ? 1 : 0);
  });
}
