/**
 * What a training step played, as JSON Lines: a rollout a line, with its reward, its advantage, and every step as it
 * was fed and sampled. docs/run-format.md describes the fields. Packed by deflate it takes about a tenth.
 */
import { deflateSync, inflateSync } from 'fflate';
import { field, isObject } from '../../memory/exchange/entry-text';
import { readJson } from '../../memory/exchange/strict-json';
import { rewardParts } from '../../rl/metrics';
import type { TrainingStep } from '../../rl/trainer';
import type { StepRollouts } from '../run-checkpoint';

/** Texts of tokens: of one, and of many together, which differ where a character takes several tokens. */
export interface TokenTexts {
  readonly tokenText: (id: number) => string;
  readonly decode: (ids: readonly number[]) => string;
}

export function trajectoryLines({ rollouts, advantages, metrics }: TrainingStep, texts: TokenTexts): string {
  return rollouts
    .map((rollout, i) => {
      const { group, k, task, reward, steps, pastSteps } = rollout;
      const line = {
        step: metrics.step,
        task: group,
        task_id: task.id,
        k,
        ...(pastSteps === undefined ? {} : { past_steps: pastSteps }),
        reward: reward.total,
        rewards: rewardParts(reward),
        advantage: advantages.rollouts[i],
        steps: steps.map((step, t) => ({
          prompt: texts.decode(step.promptIds),
          completion: texts.decode(step.completionIds),
          tokens: step.completionIds.map(texts.tokenText),
          prompt_ids: step.promptIds,
          completion_ids: step.completionIds,
          logprobs: step.logprobs,
          advantage: advantages.steps[i][t],
          truncated: step.truncated,
          well_formed: step.wellFormed,
        })),
      };
      return `${JSON.stringify(line)}\n`;
    })
    .join('');
}

export function pack(lines: string): Uint8Array {
  // The lightest: a training step waits for it, and heavier ones gain little.
  return deflateSync(new TextEncoder().encode(lines), { level: 1 });
}

/** The lines of all these steps, in their order. */
export function joinRollouts(steps: readonly StepRollouts[]): Uint8Array {
  const parts = steps.flatMap(({ packed }) => (packed ? [inflateSync(packed)] : []));
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The newest steps whose lines fit together into so many bytes. */
export function newestFitting(steps: readonly StepRollouts[], most: number): readonly StepRollouts[] {
  let room = most;
  let from = steps.length;
  while (from > 0) {
    const { packed } = steps[from - 1];
    room -= packed ? inflateSync(packed).length : 0;
    if (room < 0) break;
    from--;
  }
  return steps.slice(from);
}

/** The inverse of `joinRollouts`, of a file from elsewhere: what is wrong with it, in words. */
export function splitRollouts(bytes: Uint8Array, steps: number): readonly StepRollouts[] | string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return 'it is not UTF-8';
  }
  if (text !== '' && !text.endsWith('\n')) return 'its last line is cut short';
  const lines = text.split('\n').slice(0, -1);
  const found = new Map<number, string[]>();
  let last = 1;
  for (const [i, line] of lines.entries()) {
    const step = stepOf(line);
    if (!(step >= last && step <= steps)) return `line ${i + 1} is not of a step from ${last} to ${steps}`;
    last = step;
    const known = found.get(step);
    if (known) known.push(line);
    else found.set(step, [line]);
  }
  return [...found].map(([step, own]) => ({ step, packed: pack(own.map((line) => `${line}\n`).join('')) }));
}

/** NaN for a line that is no rollout. */
function stepOf(line: string): number {
  const json = readJson(line);
  const step = json.ok && isObject(json.value) ? field(json.value, 'step') : undefined;
  return Number.isInteger(step) ? (step as number) : Number.NaN;
}
