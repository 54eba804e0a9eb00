/** What the model that acts may write for an episode, and what came of it in the one on view. */
import { SUMMARY_FAILURES } from '../episode/summary-words';
import { count } from '../figures';
import { listed, type Phrase, phrase, say, sayEach } from '../language/language';
import { Choice } from '../shell/fields';
import type { Writer } from '../state/judge-line';
import type { JudgeProps } from './judge-view';
import { DISTRACTOR_FAILURES } from './judge-words';

const SUMMARIES: Readonly<Record<Writer, Phrase>> = {
  rule: phrase('extractive: whole sentences, chosen by rule'),
  model: phrase('written by the model'),
};
const DISTRACTORS: Readonly<Record<Writer, Phrase>> = {
  rule: phrase("the task's own"),
  model: phrase('written by the model, once for the task'),
};
const WRITERS: readonly Writer[] = ['rule', 'model'];

export function WritersView({
  writers,
  blocked,
  line,
  written,
  log,
}: Pick<JudgeProps, 'writers' | 'blocked' | 'line' | 'written' | 'log'>) {
  const asked = summariesAsked(log);
  return (
    <section className="judge-part" aria-label={say('What the model writes')}>
      <h3>{say('What the model writes')}</h3>
      <p className="quiet">
        {say(
          'For the episode on view and its group; another choice opens it anew. What breaks the rules (format, length, for distractors any gold value) is not taken: the usual one stands in its place.',
        )}
      </p>
      <fieldset className="choices" disabled={blocked}>
        <legend className="visually-hidden">{say('What the model writes')}</legend>
        <Choice
          label={say('Summaries')}
          value={writers.summaries}
          values={WRITERS}
          words={sayEach(SUMMARIES)}
          onChange={(summaries) => line.write({ summaries })}
        />
        <Choice
          label={say('Distractors')}
          value={writers.distractors}
          values={WRITERS}
          words={sayEach(DISTRACTORS)}
          onChange={(distractors) => line.write({ distractors })}
        />
      </fieldset>
      {written && (
        <p role="status">
          {say('Distractors of this episode: {taken} of {all} written by {model}.', {
            taken: written.tried.filter(({ failure }) => failure === null).length,
            all: written.tried.length,
            model: written.model,
          })}{' '}
          {reasons(written.tried.map(({ failure }) => failure && DISTRACTOR_FAILURES[failure]))}
        </p>
      )}
      {asked.length > 0 && (
        <p role="status">
          {say('Summaries of this episode: {taken} of {all} written by {model}.', {
            taken: asked.filter(({ failure }) => failure === null).length,
            all: asked.length,
            model: asked[0].model,
          })}{' '}
          {reasons(asked.map(({ failure }) => failure && SUMMARY_FAILURES[failure]))}
        </p>
      )}
    </section>
  );
}

/** The summaries of a log that a model was asked for. */
function summariesAsked(log: JudgeProps['log']) {
  return log.flatMap((event) =>
    event.type === 'tool-called' &&
    event.outcome.ok &&
    event.outcome.effect.kind === 'summarised' &&
    event.outcome.effect.asked
      ? [event.outcome.effect.asked]
      : [],
  );
}

/** "Not taken: 2 × cut off." */
function reasons(failures: readonly (Phrase | null)[]): string {
  const kinds = [...new Set(failures.flatMap((failure) => failure ?? []))];
  if (kinds.length === 0) return '';
  const each = kinds.map((kind) =>
    say('{why} ({times})', {
      why: say(kind),
      times: count(failures.filter((failure) => failure === kind).length, 'time'),
    }),
  );
  return say('Not taken: {reasons}.', { reasons: listed(each) });
}
