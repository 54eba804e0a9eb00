/** What may be changed in an episode that is over. Every field shows the episode as it was until it is changed. */
import { PART_GROUPS, PART_WORDS } from '../group/lanes';
import { say } from '../language/language';
import { Say } from '../language/say';
import { Choice, NumberField, TextField } from '../shell/fields';
import { SourceMark } from '../shell/panel';
import { Term } from '../shell/term';
import { MOST_BUDGET, MOST_WEIGHT } from '../state/branch-change';
import { type Draft, entriesBefore, messagesOf, type Original, stepsOf } from './draft';

interface ChangeFormProps {
  readonly original: Original;
  readonly draft: Draft;
  readonly onChange: (part: Partial<Draft>) => void;
}

export function ChangeForm({ original, draft, onChange }: ChangeFormProps) {
  const { log, task } = original;
  const steps = stepsOf(log);
  const written = steps.find(({ step }) => step === draft.step);
  const entries = entriesBefore(log, draft.step);
  const messages = messagesOf(task);
  return (
    <div className="what-if-form">
      <fieldset>
        <legend>{say('What the policy did')}</legend>
        <Choice
          label={say('Step§column')}
          value={String(draft.step)}
          values={steps.map(({ step }) => String(step))}
          words={Object.fromEntries(steps.map(({ step }) => [step, say('step {n}', { n: step })]))}
          onChange={(step) => onChange({ step: Number(step), text: null, forget: null })}
        />
        <TextField
          label={say('It writes')}
          rows={4}
          value={draft.text ?? written?.text ?? ''}
          onChange={(text) => onChange({ text })}
        />
        <p className="quiet">
          <Say
            text="Read like any other completion: {think}, then {call} or {answer}. What is malformed is refused in the same words."
            with={{
              think: <span translate="no">{'<think>…</think>'}</span>,
              call: <span translate="no">{'<tool_call>[…]</tool_call>'}</span>,
              answer: <span translate="no">{'<answer>…</answer>'}</span>,
            }}
          />
        </p>
        <Choice
          label={say('Forget before it')}
          value={draft.forget ?? ''}
          values={['', ...entries.map(({ id }) => id)]}
          words={{
            '': entries.length === 0 ? say('nothing is stored yet') : say('nothing'),
            ...Object.fromEntries(entries.map(({ id, content }) => [id, `${id}: ${content}`])),
          }}
          data={(id) => id !== ''}
          onChange={(id) => onChange({ forget: id === '' ? null : id })}
        />
      </fieldset>
      <fieldset>
        <legend>{say('What it is told')}</legend>
        <Choice
          label={say('Message')}
          value={draft.message === null ? '' : String(draft.message)}
          values={['', ...messages.map((_, index) => String(index))]}
          words={{
            '': say('all as they were'),
            ...Object.fromEntries(
              messages.map(({ stage, index }, at) => [
                at,
                stage === 1 ? say('message {n}', { n: index + 1 }) : say('distractor {n}', { n: index + 1 }),
              ]),
            ),
          }}
          onChange={(at) =>
            onChange(
              at === ''
                ? { message: null, content: '' }
                : { message: Number(at), content: messages[Number(at)].content },
            )
          }
        />
        {draft.message !== null && (
          <TextField
            label={say('It says')}
            rows={2}
            value={draft.content}
            onChange={(content) => onChange({ content })}
          />
        )}
        <p className="quiet">
          <Say
            text="Paid by the same gold facts as before: the answer asked for stays “{answer}”."
            with={{ answer: <span lang="en">{task.answers[0]}</span> }}
          />{' '}
          <SourceMark source="D" />
        </p>
        <label className="check">
          <input
            type="checkbox"
            checked={draft.reset}
            onChange={(event) => onChange({ reset: event.target.checked })}
          />
          {say('Short-term memory is emptied after stage 1')} <SourceMark source="P" />
        </label>
      </fieldset>
      <fieldset>
        <legend>{say('How it is paid')}</legend>
        <div className="play">
          <NumberField
            label={say('T_max, tokens')}
            value={draft.maxContextTokens}
            min={1}
            max={MOST_BUDGET}
            whole
            onChange={(maxContextTokens) => onChange({ maxContextTokens })}
          />
          {PART_GROUPS.map((name) => (
            <NumberField
              key={name}
              label={name === 'penalty' ? 'P ×' : say('w {part}', { part: say(PART_WORDS[name]) })}
              value={Number(draft.weights[name].toFixed(4))}
              min={0}
              max={MOST_WEIGHT}
              onChange={(value) => onChange({ weights: { ...draft.weights, [name]: value } })}
            />
          ))}
        </div>
        <p className="quiet">
          <Say
            text="{symbol} and weights are not in the prompt: the same policy does the same under them and is paid otherwise. Only training makes it act on them."
            with={{ symbol: <Term name="T_max" /> }}
          />
        </p>
        <label className="check">
          <input
            type="checkbox"
            checked={draft.maintenance === 'any'}
            onChange={(event) => onChange({ maintenance: event.target.checked ? 'any' : 'meaningful' })}
          />
          {say('Maintenance is paid for any update or delete (eq. 24)')} <SourceMark source="P" />
        </label>
      </fieldset>
    </div>
  );
}
