/** The fields of a task in one's own words: messages of stage 1, distractors, the question and its answers. */
import { useId } from 'react';
import { type Phrase, phrase, say, sayEach } from '../language/language';
import { Choice } from '../shell/fields';
import {
  changeMessage,
  type Draft,
  type DraftKind,
  type DraftMessage,
  KINDS,
  moveUp,
  withMessage,
  withoutMessage,
} from './draft';

const KIND_WORDS: Readonly<Record<DraftKind, Phrase>> = {
  fact: phrase('fact'),
  chatter: phrase('small talk'),
  correction: phrase('correction'),
};

const ADD: Readonly<Record<DraftKind, Phrase>> = {
  fact: phrase('Add a fact'),
  chatter: phrase('Add small talk'),
  correction: phrase('Add a correction'),
};

interface TaskFormProps {
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
}

export function TaskForm({ draft, onChange }: TaskFormProps) {
  const set = (part: Partial<Draft>) => onChange({ ...draft, ...part });
  return (
    <div className="own-form">
      <fieldset>
        <legend>{say('Stage 1: what the user says')}</legend>
        <ol className="own-messages">
          {draft.messages.map((message, i) => (
            <Message key={message.key} n={i + 1} message={message} draft={draft} onChange={onChange} />
          ))}
        </ol>
        <div className="play">
          {KINDS.map((kind) => (
            <button key={kind} type="button" onClick={() => onChange(withMessage(draft, kind))}>
              {say(ADD[kind])}
            </button>
          ))}
        </div>
      </fieldset>
      <fieldset>
        <legend>{say('Stage 2: what distracts')}</legend>
        <Choice
          label={say('Distractors')}
          value={draft.distractors === null ? 'lent' : 'own'}
          values={['lent', 'own']}
          words={{ lent: say("two of the lab's own"), own: say('these') }}
          onChange={(whose) => set({ distractors: whose === 'lent' ? null : '' })}
        />
        {draft.distractors !== null && (
          <Lines
            label={say('Distractors, one a line')}
            rows={3}
            value={draft.distractors}
            onChange={(distractors) => set({ distractors })}
          />
        )}
      </fieldset>
      <fieldset>
        <legend>{say('Stage 3: what is asked')}</legend>
        <Line label={say('Question')} value={draft.question} onChange={(question) => set({ question })} />
        <Lines
          label={say('Answers that count, one a line')}
          rows={2}
          value={draft.answers}
          onChange={(answers) => set({ answers })}
        />
      </fieldset>
    </div>
  );
}

interface MessageProps extends TaskFormProps {
  /** From 1. */
  readonly n: number;
  readonly message: DraftMessage;
}

function Message({ n, message, draft, onChange }: MessageProps) {
  const { key, kind, says, about, value, needed, of } = message;
  const id = useId();
  const set = (part: Partial<DraftMessage>) => onChange(changeMessage(draft, key, part));
  const facts = draft.messages.filter((one) => one.kind === 'fact');
  return (
    <li className={`own-message own-${kind}`}>
      <Choice
        label={say('Message {n}', { n })}
        value={kind}
        values={KINDS}
        words={sayEach(KIND_WORDS)}
        onChange={(next) => set({ kind: next })}
      />
      <Line label={say('Message {n} says', { n })} value={says} onChange={(next) => set({ says: next })} />
      <div className="own-buttons">
        <button
          type="button"
          className="small"
          disabled={n === 1}
          onClick={() => onChange(moveUp(draft, key))}
        >
          {say('Earlier')}
          <span className="visually-hidden"> {say('Message {n}', { n })}</span>
        </button>
        <button type="button" className="small" onClick={() => onChange(withoutMessage(draft, key))}>
          {say('Remove')}
          <span className="visually-hidden"> {say('Message {n}', { n })}</span>
        </button>
      </div>
      {kind === 'fact' && (
        <div className="own-gold">
          <Line label={say('{n}: about', { n })} value={about} onChange={(next) => set({ about: next })} />
          <Line label={say('{n}: value', { n })} value={value} onChange={(next) => set({ value: next })} />
          <label className="check" htmlFor={id}>
            <input
              id={id}
              type="checkbox"
              checked={needed}
              onChange={(event) => set({ needed: event.target.checked })}
            />
            {say('{n}: the answer needs it', { n })}
          </label>
        </div>
      )}
      {kind === 'correction' && (
        <div className="own-gold">
          <Choice
            label={say('{n}: corrects', { n })}
            value={String(of)}
            values={['null', ...facts.map((fact) => String(fact.key))]}
            words={{
              null: say('choose a fact'),
              ...Object.fromEntries(
                facts.map((fact) => [String(fact.key), `${fact.about || '…'}: ${fact.value || '…'}`]),
              ),
            }}
            onChange={(next) => set({ of: next === 'null' ? null : Number(next) })}
          />
          <Line
            label={say('{n}: new value', { n })}
            value={value}
            onChange={(next) => set({ value: next })}
          />
        </div>
      )}
    </li>
  );
}

interface LineProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function Line({ label, value, onChange }: LineProps) {
  const id = useId();
  return (
    <div className="field own-line">
      <label htmlFor={id}>{label}</label>
      <input id={id} value={value} autoComplete="off" onChange={(event) => onChange(event.target.value)} />
    </div>
  );
}

function Lines({ label, rows, value, onChange }: LineProps & { readonly rows: number }) {
  const id = useId();
  return (
    <div className="field own-line">
      <label htmlFor={id}>{label}</label>
      <textarea id={id} rows={rows} value={value} onChange={(event) => onChange(event.target.value)} />
    </div>
  );
}
