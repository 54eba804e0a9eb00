/**
 * What a judge has to write, and how it is read: to the letter.
 *
 *     [<think>…</think>] [<reason>…</reason>] <score>0.7</score>
 *
 * White space may stand between the parts and nothing else anywhere. The number is 0 to 1 with at most two decimals
 * and a point. All else is a failure with its reason: a number found somewhere in a text is no judgement, for a model
 * that repeats the scale or the question would then have judged. Linear time, never throws.
 */
import { afterThinking, leadingTag } from '../../agent/tagged-reply';

export type ScoreFailure =
  /** Nothing was written. */
  | 'empty'
  /** It reached the limit of its tokens first. */
  | 'cut-off'
  /** There is no score in tags. */
  | 'no-score'
  /** There is text around it, or more than one. */
  | 'other-text'
  /** What stands in the tags is no number as asked for. */
  | 'no-number'
  /** A number, below 0 or above 1. */
  | 'out-of-range';

export type ReadScore =
  /** `reason` is empty if it gave none. */
  | { readonly ok: true; readonly score: number; readonly reason: string }
  | { readonly ok: false; readonly failure: ScoreFailure };

/** Longest text that is read; more is no judgement. */
export const MOST_CHARACTERS = 20_000;

const NUMBER = /^(?:0(?:\.[0-9]{1,2})?|1(?:\.0{1,2})?)$/;
/** Some number, so that one can say it is out of range. */
const ANY_NUMBER = /^-?[0-9]{1,9}(?:\.[0-9]{1,9})?$/;

/** @param cut the limit of tokens ended it */
export function readScore(text: string, cut: boolean): ReadScore {
  if (text.trim() === '') return failed(cut ? 'cut-off' : 'empty');
  if (text.length > MOST_CHARACTERS) return failed('other-text');
  let rest = afterThinking(text);
  const reason = leadingTag(rest, 'reason');
  if (reason) rest = reason.rest;
  const score = leadingTag(rest, 'score');
  if (!score) {
    if (cut) return failed('cut-off');
    return failed(rest.includes('<score>') ? 'other-text' : 'no-score');
  }
  if (score.rest !== '') return failed('other-text');
  if (NUMBER.test(score.inside)) {
    return { ok: true, score: Number(score.inside), reason: reason?.inside.trim() ?? '' };
  }
  return failed(ANY_NUMBER.test(score.inside) && !inRange(score.inside) ? 'out-of-range' : 'no-number');
}

function inRange(number: string): boolean {
  return Number(number) >= 0 && Number(number) <= 1;
}

function failed(failure: ScoreFailure): ReadScore {
  return { ok: false, failure };
}

/** What a judge is told before it is asked once more. */
export const WHAT_WAS_WRONG: Readonly<Record<ScoreFailure, string>> = {
  empty: 'it was empty',
  'cut-off': 'it was too long',
  'no-score': 'it had no <score>',
  'other-text': 'there was other text around the score',
  'no-number': 'the score was no number like 0.5',
  'out-of-range': 'the score was not between 0.0 and 1.0',
};
