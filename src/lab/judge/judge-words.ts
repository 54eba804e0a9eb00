/** What judging is called on the page: parts, how it is asked, and why a reply was none. */
import type {
  AgreementPlayer,
  DistractorFailure,
  JudgedPart,
  JudgeFailure,
  JudgeSetting,
} from '../../worker/judge-protocol';
import { type Phrase, phrase } from '../language/language';

export const JUDGED_PARTS: Readonly<Record<JudgedPart, { readonly label: Phrase; readonly asked: Phrase }>> =
  {
    task: { label: phrase('answer§judged'), asked: phrase('Is the answer right?') },
    relevance: {
      label: phrase('relevance§judged'),
      asked: phrase('Does what was retrieved help with the question?'),
    },
    storage: {
      label: phrase('storage§judged'),
      asked: phrase('Is each entry that was stored true and worth keeping? The mean over entries.'),
    },
  };

/** Why there was nothing to ask. */
export const NOTHING: Readonly<Record<JudgedPart, Phrase>> = {
  task: phrase('Nothing to judge: no answer was given, or the world scores what was done.'),
  relevance: phrase('Nothing to judge: nothing was retrieved after stage 1.'),
  storage: phrase('Nothing to judge: nothing stored in stage 1 is left.'),
};

export const FAILURES: Readonly<Record<JudgeFailure, Phrase>> = {
  empty: phrase('it wrote nothing'),
  'cut-off': phrase('it was cut off before a score'),
  'no-score': phrase('it wrote no score'),
  'other-text': phrase('it wrote other text around the score'),
  'no-number': phrase('what stands in the tags is no number as asked for'),
  'out-of-range': phrase('the number is not between 0 and 1'),
  'too-long': phrase('the question does not fit into its window and was not put'),
};

export const DISTRACTOR_FAILURES: Readonly<Record<DistractorFailure, Phrase>> = {
  'prompt-too-long': phrase('the task does not fit into its window'),
  format: phrase('no message in tags'),
  'cut-off': phrase('cut off'),
  'too-long': phrase('too long'),
  'gives-away': phrase('holds the answer or a value of a fact'),
  'on-the-subject': phrase('is about somebody the facts are about'),
  repeats: phrase('repeats what was said'),
};

export const PROMPTS: Readonly<Record<JudgeSetting['prompts'], Phrase>> = {
  fitting: phrase('as its window allows'),
  short: phrase('short: a score and nothing else'),
  full: phrase('full: what counts, and a sentence of reasons'),
};

export const PLAYERS: Readonly<Record<AgreementPlayer, Phrase>> = {
  demonstrator: phrase('the demonstrator, who errs now and then'),
  model: phrase('the model that judges'),
};
