/**
 * What the worker says of a reward, in words of the page: the formulas and notes of its parts (`reward/`) and what would
 * have earned more (`reward/earn-more.ts`). The test beside this file plays episodes and sees that every text of theirs
 * is known here. Formulas of symbols alone are the same in every language and not listed.
 */
import { type Phrase, phrase } from '../language/language';
import { retell } from '../language/retell';

const TASK: readonly Phrase[] = [
  phrase('no answer: -1'),
  phrase('"{answer}" against "{right}", exact match: {value}'),
  phrase('"{answer}" against "{right}", token F1: {value}'),
  phrase('the world was left unfinished: 0'),
  phrase('the world was left unfinished, reached so far: {value}'),
  phrase('score of the world: {value}'),
  phrase('judged by a model: {value}'),
];

const CONTEXT: readonly Phrase[] = [
  phrase('C was reduced by {n} tokens before any overflow: 1'),
  phrase('C was never reduced before an overflow: 0'),
  phrase('{n} reductions came after C had overflowed'),
  phrase('{n} calls removed nothing'),
  phrase('the task names no key items'),
  phrase('{n} of {all} key items are still in C: {value}'),
  phrase('missing: {items}'),
];

const MEMORY: readonly Phrase[] = [
  phrase('nothing was worth keeping and nothing was stored'),
  phrase('{id}: states no fact worth keeping with its current value'),
  phrase('{id}: holds a value that has been revised'),
  phrase('{id}: repeats another entry'),
  phrase('{id}: rightly deleted, not counted'),
  phrase('{id}: was worth keeping and was deleted'),
  phrase('{n} updates or deletes succeeded (eq. 24): {value}'),
  phrase('{fact}: no old value was replaced or removed'),
  phrase('{fact}: an old value is still stored'),
  phrase('{fact}: the current value is not stored'),
  phrase('{n} of {all} revised facts were corrected in memory, all are asked for: {value}'),
  phrase('no revisions; {n} facts worth keeping stored, {lost} changes lost one: {value}'),
  phrase('the task needs no stored fact'),
  phrase('{n} of {all} needed facts were retrieved: {value}'),
  phrase('not retrieved: {fact}'),
];

const PENALTY: readonly Phrase[] = [
  phrase('{n} rounds in a stage > N_max = {bound}: {value}'),
  phrase('at most {n} rounds in a stage, N_max = {bound}: 0'),
  phrase('{n} malformed steps: max({floor}, {each} x {n}) = {value}'),
];

const REASONS = [...TASK, ...CONTEXT, ...MEMORY, ...PENALTY];

const ADVICE: readonly Phrase[] = [
  phrase('The goal was: {goal}'),
  phrase('The right answer was “{answer}”: 1.'),
  phrase('Long-term memory held what it takes, “{fact}”, in {ids}.'),
  phrase('Long-term memory held no entry that says “{fact}”.'),
  phrase('Every token less in C when the answer is made adds 1 / T_max = {value}, until nothing is over.'),
  phrase('{id} in C was a distractor of {n} tokens; without it: {value}.'),
  phrase('{ids} in C were distractors of {n} tokens; without them: {value}.'),
  phrase(
    'One Filter_context or Summary_context that takes at least one token out of C before C exceeds T_max: 1.',
  ),
  phrase('Filtering by “{criteria}” removed nothing: there was nothing it may remove.'),
  phrase('Filtering by “{criteria}” removed nothing: closest was {id} with {score}, below θ = {threshold}.'),
  phrase('“{item}” was in C and left it: {tool} took out {id}.'),
  phrase('“{item}” stands in {id} of long-term memory; retrieving it would have brought it into C.'),
  phrase(
    '“{item}” stands in {ids} of long-term memory; retrieving one of them would have brought it into C.',
  ),
  phrase('“{item}” was in no entry of long-term memory, so nothing could bring it into C.'),
  phrase(
    'Without {id}, which is not worth keeping as stored: {good} / {added} = {value}. Deleting it later counts as much, unless something worth keeping is lost.',
  ),
  phrase(
    'Without {ids}, which are not worth keeping as stored: {good} / {added} = {value}. Deleting them later counts as much, unless something worth keeping is lost.',
  ),
  phrase('{id} was worth keeping; not deleting it: one more good entry.'),
  phrase('{id} holds an old value; updated to “{fact}” it would be a good entry.'),
  phrase('No entry says “{fact}”; the user said so and it was worth keeping.'),
  phrase('Leaving the good entries as they were: 1.'),
  phrase('One stored entry that states a fact worth keeping, and left alone: 1.'),
  phrase('{ids} still holds an old value of {what}: Update_memory to “{fact}” was missing.'),
  phrase('“{fact}” replaced {values}, but no entry held the old value, so nothing was there to correct.'),
  phrase('The old value went, but no entry says “{fact}”.'),
  phrase('No entry says “{fact}”, so no retrieval could bring it.'),
  phrase('{ids} says “{fact}”; after stage 1 no Retrieve_memory was called.'),
  phrase('{ids} says “{fact}”; after stage 1 asking for {queries} did not bring it.'),
  phrase('No stage longer than N_max rounds: 0 instead of −1.'),
  phrase('No more than T_max tokens in C when the answer is made: 0 instead of −0.5.'),
  phrase('Step {step} was not understood: {reason}'),
];

/** A formula or a note of a part; null if it is not known. */
export const reasonWords = (text: string): string | null => retell(text, REASONS);

/** What would have earned more; null if it is not known. */
export const adviceWords = (text: string): string | null => retell(text, ADVICE);
