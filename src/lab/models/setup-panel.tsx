/** How the model that acts is used: each choice with what it does, applied together. */
import { type ReactNode, useId, useState } from 'react';
import type { ActiveModel } from '../../worker/models-protocol';
import { figure, grouped, size } from '../figures';
import { phrase, say, sayEach } from '../language/language';
import { Say } from '../language/say';
import { Choice } from '../shell/fields';
import { Panel } from '../shell/panel';
import { ModelName } from './model-name';
import { BASE_BYTES } from './model-words';
import type { ModelsController } from './models-controller';
import type { ModelsState } from './models-state';
import { PlaceTrouble } from './place-trouble';
import { changes, opensAnew, RANGES, type Range, type SetupDraft, tokenRanges } from './setup-draft';

const PROMPTS = { short: phrase('short'), full: phrase('full') } as const;
const THINKING = { on: phrase('on'), off: phrase('off') } as const;
const BASES = { f32: phrase('float32'), f16: phrase('float16'), int8: phrase('int8') } as const;

interface SetupPanelProps {
  readonly active: ActiveModel;
  /** Null where its files do not say. */
  readonly parameters: number | null;
  readonly state: ModelsState;
  readonly models: ModelsController;
  readonly held: string | null;
}

export function SetupPanel({ active, parameters, state, models, held }: SetupPanelProps) {
  const { setup, can, choices } = active;
  const [draft, write] = useState<SetupDraft>({});
  const wanted = { ...setup, ...draft };
  const put = (part: SetupDraft) => write({ ...draft, ...part });
  const changed = changes(setup, draft);
  const ranges = tokenRanges(active, draft);
  const base = wanted.base;
  return (
    <Panel
      title={say('Set-up')}
      className="model-setup"
      note={
        <Say
          text="Of {title}. What is applied begins the episode on view anew."
          with={{ title: <ModelName title={active.title} /> }}
        />
      }
    >
      <div className="setup-rows">
        <Row
          words={say(
            'Short is the one line that the bundled policy knows. Full spells out the protocol and the tools, about 900 tokens: other models need it.',
          )}
        >
          <Choice
            label={say('Prompt')}
            value={wanted.prompt}
            values={['short', 'full']}
            words={sayEach(PROMPTS)}
            onChange={(prompt) => put({ prompt })}
          />
        </Row>
        {choices.thinking && (
          <Row
            words={say(
              'On, the model thinks before it acts, as its template lets it: longer, slower, and often better.',
            )}
          >
            <Choice
              label={say('Thinking')}
              value={wanted.thinking ? 'on' : 'off'}
              values={['on', 'off']}
              words={sayEach(THINKING)}
              onChange={(value) => put({ thinking: value === 'on' })}
            />
          </Row>
        )}
        {can.constrain && (
          <Constrained constrained={wanted.constrained} onChange={(constrained) => put({ constrained })} />
        )}
        <Row
          words={say(
            'Above 1 unlikely tokens are drawn more often, below 1 less; 0 always takes the likeliest.',
          )}
        >
          <DraftNumber
            label={say('Temperature')}
            value={wanted.temperature}
            {...RANGES.temperature}
            onChange={(temperature) => put({ temperature })}
          />
        </Row>
        <Row
          words={say(
            'Only the likeliest tokens whose probabilities add up to this are drawn from; 1 leaves none out.',
          )}
        >
          <DraftNumber
            label={say('Top-p')}
            value={wanted.topP}
            {...RANGES.topP}
            onChange={(topP) => put({ topP })}
          />
        </Row>
        <Row words={say('Tokens. A completion that is longer is cut, and then seldom well-formed.')}>
          <DraftNumber
            label={say('Longest completion')}
            value={wanted.maxNewTokens}
            {...ranges.maxNewTokens}
            onChange={(maxNewTokens) => put({ maxNewTokens })}
          />
        </Row>
        <Row
          words={say(
            'Tokens of prompt and completion, at most {max}. Each takes memory as long as a rollout lasts.',
            { max: grouped(choices.maxContextTokens) },
          )}
        >
          <DraftNumber
            label={say('Context')}
            value={wanted.contextTokens}
            {...ranges.contextTokens}
            onChange={(contextTokens) => put({ contextTokens })}
          />
        </Row>
        {base !== null && choices.bases.length > 0 && (
          <Row
            words={[
              say('How the blocks keep their matrices: 4, 2 or 1 byte a number. Fewer bytes round more.'),
              parameters === null
                ? ''
                : say('{size} for the weights alone', { size: size(parameters * BASE_BYTES[base]) }),
            ].join(' ')}
          >
            <Choice
              label={say('Weights')}
              value={base}
              values={choices.bases}
              words={sayEach(BASES)}
              onChange={(next) => put({ base: next })}
            />
          </Row>
        )}
      </div>
      <div className="setup-apply">
        <button
          type="button"
          className="primary"
          disabled={changed === null || held !== null || state.waiting.has('setup')}
          onClick={() => changed && void models.setUp(changed)}
        >
          {changed && opensAnew(changed) ? say('Apply, and open the model anew') : say('Apply')}
        </button>
        {changed && (
          <button type="button" className="plain" onClick={() => write({})}>
            {say('Drop the changes')}
          </button>
        )}
        <span className="quiet">
          {changed === null
            ? say('Nothing is changed.')
            : opensAnew(changed)
              ? say('Its weights are read again.')
              : say('Its weights stay as they are.')}
        </span>
      </div>
      <PlaceTrouble error={state.troubles.get('setup')} onDismiss={() => models.dismiss('setup')} />
    </Panel>
  );
}

function Row({ words, children }: { readonly words: string; readonly children: ReactNode }) {
  return (
    <div className="setup-row">
      {children}
      <p className="quiet">{words}</p>
    </div>
  );
}

interface DraftNumberProps extends Range {
  readonly label: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

/** Counts with every digit, so that “Apply” knows of it; what cannot be is not taken, and said below the field. */
function DraftNumber({ label, value, min, max, whole, onChange }: DraftNumberProps) {
  const id = useId();
  const [text, write] = useState(String(value));
  const number = text.trim() === '' ? Number.NaN : Number(text);
  const fits = number >= min && number <= max && (!whole || Number.isInteger(number));
  // Put back from outside, as by “Drop the changes”.
  if (fits && number !== value) write(String(value));
  return (
    <div className="field narrow">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        inputMode={whole ? 'numeric' : 'decimal'}
        value={text}
        aria-invalid={!fits}
        aria-describedby={fits ? undefined : `${id}-range`}
        onChange={(event) => {
          write(event.target.value);
          const next = event.target.value.trim() === '' ? Number.NaN : Number(event.target.value);
          if (next >= min && next <= max && (!whole || Number.isInteger(next))) onChange(next);
        }}
        onBlur={() => fits || write(String(value))}
      />
      {!fits && (
        <span id={`${id}-range`} className="warning" role="status">
          {say('from {min} to {max}', { min: figure(min), max: grouped(max) })}
        </span>
      )}
    </div>
  );
}

function Constrained({
  constrained,
  onChange,
}: {
  readonly constrained: boolean;
  readonly onChange: (constrained: boolean) => void;
}) {
  const id = useId();
  return (
    <div className="setup-row">
      <label className="check" htmlFor={id}>
        <input
          id={id}
          type="checkbox"
          checked={constrained}
          onChange={(event) => onChange(event.target.checked)}
        />
        {say('Held to the protocol')}
      </label>
      <p className="quiet">
        {say(
          'Only completions that follow the protocol can be drawn: every step that is not cut off is well-formed, whatever the model would rather write. Nothing is trained on them.',
        )}
      </p>
    </div>
  );
}
