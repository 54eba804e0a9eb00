/** What may be changed in an episode that is over. Every field shows the episode as it was until it is changed. */
import { Choice, NumberField, TextField } from '../shell/fields';
import { SourceMark } from '../shell/panel';
import { Term } from '../shell/term';
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
        <legend>What the policy did</legend>
        <Choice
          label="Step"
          value={String(draft.step)}
          values={steps.map(({ step }) => String(step))}
          words={Object.fromEntries(steps.map(({ step }) => [step, `step ${step}`]))}
          onChange={(step) => onChange({ step: Number(step), text: null, forget: null })}
        />
        <TextField
          label="It writes"
          rows={4}
          value={draft.text ?? written?.text ?? ''}
          onChange={(text) => onChange({ text })}
        />
        <p className="quiet">
          Read like any other completion: {'<think>…</think>'}, then {'<tool_call>[…]</tool_call>'} or{' '}
          {'<answer>…</answer>'}. What is malformed is refused in the same words.
        </p>
        <Choice
          label="Forget before it"
          value={draft.forget ?? ''}
          values={['', ...entries.map(({ id }) => id)]}
          words={{
            '': entries.length === 0 ? 'nothing is stored yet' : 'nothing',
            ...Object.fromEntries(entries.map(({ id, content }) => [id, `${id}: ${content}`])),
          }}
          onChange={(id) => onChange({ forget: id === '' ? null : id })}
        />
      </fieldset>
      <fieldset>
        <legend>What it is told</legend>
        <Choice
          label="Message"
          value={draft.message === null ? '' : String(draft.message)}
          values={['', ...messages.map((_, index) => String(index))]}
          words={{
            '': 'all as they were',
            ...Object.fromEntries(
              messages.map(({ stage, index }, at) => [
                at,
                `${stage === 1 ? 'message' : 'distractor'} ${index + 1}`,
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
            label="It says"
            rows={2}
            value={draft.content}
            onChange={(content) => onChange({ content })}
          />
        )}
        <p className="quiet">
          Paid by the same gold facts as before: the answer asked for stays “{task.answers[0]}”.{' '}
          <SourceMark source="D" />
        </p>
        <label className="check">
          <input
            type="checkbox"
            checked={draft.reset}
            onChange={(event) => onChange({ reset: event.target.checked })}
          />
          Short-term memory is emptied after stage 1 <SourceMark source="P" />
        </label>
      </fieldset>
      <fieldset>
        <legend>How it is paid</legend>
        <div className="play">
          <NumberField
            label="T_max, tokens"
            value={draft.maxContextTokens}
            min={1}
            max={100_000}
            whole
            onChange={(maxContextTokens) => onChange({ maxContextTokens })}
          />
          {(['task', 'context', 'memory', 'penalty'] as const).map((name) => (
            <NumberField
              key={name}
              label={name === 'penalty' ? 'P ×' : `w ${name}`}
              value={Number(draft.weights[name].toFixed(4))}
              min={0}
              max={10}
              onChange={(value) => onChange({ weights: { ...draft.weights, [name]: value } })}
            />
          ))}
        </div>
        <p className="quiet">
          <Term name="T_max">T_max</Term> and weights are not in the prompt: the same policy does the same
          under them and is paid otherwise. Only training makes it act on them.
        </p>
        <label className="check">
          <input
            type="checkbox"
            checked={draft.maintenance === 'any'}
            onChange={(event) => onChange({ maintenance: event.target.checked ? 'any' : 'meaningful' })}
          />
          Maintenance is paid for any update or delete (eq. 24) <SourceMark source="P" />
        </label>
      </fieldset>
    </div>
  );
}
