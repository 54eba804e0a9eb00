/** One model of the list: what it is, what it can do here, where its files are, and how to use it. */
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { ActingSetup, ModelShelf, OfferedModel } from '../../worker/models-protocol';
import { size } from '../figures';
import { phrase, say, sayEach } from '../language/language';
import { Choice } from '../shell/fields';
import { MemoryNeedView } from './memory-need';
import { ModelFiles, Of, stateWords, UNKNOWN } from './model-files';
import { ABILITIES, BASE_BYTES, parametersWords } from './model-words';
import type { ModelsController } from './models-controller';
import { type ModelsState, placeOf } from './models-state';
import { PlaceTrouble } from './place-trouble';

interface ModelCardProps {
  readonly model: OfferedModel;
  readonly shelf: ModelShelf;
  readonly state: ModelsState;
  readonly models: ModelsController;
  /** Why no model can be opened now; null: one can. */
  readonly held: string | null;
}

export function ModelCard({ model, shelf, state, models, held }: ModelCardProps) {
  const { id, title, quantisation, state: files } = model;
  const acts = shelf.active.id === id;
  const waiting = state.waiting.has(placeOf(id));
  const heading = useRef<HTMLHeadingElement>(null);
  const fresh = state.fresh === id;
  useEffect(() => {
    if (!fresh) return;
    heading.current?.focus();
    models.seen();
  }, [fresh, models]);
  const error = state.troubles.get(placeOf(id));
  const known = files.kind === 'partial' && files.trouble?.message === error?.message;
  const within = useFocusKept(heading, `${files.kind} ${acts}`);
  return (
    <li className={acts ? 'model acts' : 'model'} aria-busy={waiting} {...within}>
      <div className="model-head">
        <h3 ref={heading} tabIndex={-1} translate="no">
          {title}
          {quantisation !== UNKNOWN && <span className="quiet"> {quantisation}</span>}
        </h3>
        <span className={`chip state-${files.kind}`}>{acts ? say('✓ acts now') : stateWords(model)}</span>
      </div>
      <p className="quiet model-name" translate="no">
        {model.name}
        {model.revision !== null && <> @ {model.revision.slice(0, 7)}</>}
      </p>
      <Facts model={model} />
      <ul className="model-can" aria-label={say('What it can do')}>
        {ABILITIES.map(({ name, yes, no }) => (
          <li key={name} className={model.can[name] ? '' : 'quiet'}>
            {say(model.can[name] ? yes : no)}
          </li>
        ))}
      </ul>
      <MemoryNeedView need={model.need} />
      {model.lacks.length > 0 && (
        <div className="model-lack">
          <p>{say('This device lacks:')}</p>
          <ul lang="en">
            {model.lacks.map((lack) => (
              <li key={lack}>{lack}</li>
            ))}
          </ul>
        </div>
      )}
      <div className="model-actions">
        {(files.kind === 'kept' || files.kind === 'here') && !acts && (
          <Use model={model} models={models} disabled={waiting || held !== null} />
        )}
        <ModelFiles model={model} models={models} acts={acts} waiting={waiting} keeps={shelf.keeps} />
      </div>
      {/* A download that broke says so itself, for as long as it stands like that. */}
      {!known && <PlaceTrouble error={error} onDismiss={() => models.dismiss(placeOf(id))} />}
    </li>
  );
}

/**
 * A button that was pressed gives way to another, and would take the focus of the keyboard with it: then the heading of
 * its card has it.
 * @param state changes when buttons do
 */
function useFocusKept(heading: RefObject<HTMLElement | null>, state: string) {
  const within = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: looks when the buttons have changed
  useLayoutEffect(() => {
    if (within.current && document.activeElement === document.body) heading.current?.focus();
  }, [state]);
  return {
    onFocus: () => {
      within.current = true;
    },
    onBlur: () => {
      within.current = false;
    },
  };
}

function Facts({ model }: { readonly model: OfferedModel }) {
  const { parameters, quantisation, licence, downloadBytes, origin } = model;
  return (
    <dl className="model-facts">
      <div>
        <dt>{say('Size')}</dt>
        <dd>{parameters === null ? say('not known yet') : parametersWords(parameters)}</dd>
      </div>
      <div>
        <dt>{say('Files')}</dt>
        <dd>
          {quantisation === UNKNOWN ? (
            say('weights of a kind not known')
          ) : (
            <span translate="no">{quantisation}</span>
          )}
          {downloadBytes !== null && <> · {size(downloadBytes)}</>}
        </dd>
      </div>
      <div>
        <dt>{say('Licence')}</dt>
        <dd>{licence === null ? say('its files do not say') : <span translate="no">{licence}</span>}</dd>
      </div>
      <div>
        <dt>{say('From')}</dt>
        <dd>
          {origin === 'site'
            ? say('this site')
            : origin === 'hub'
              ? say('the hub')
              : say('a folder of this device')}
        </dd>
      </div>
    </dl>
  );
}

type Base = NonNullable<ActingSetup['base']>;
/** `own`: as the lab picks it. */
type BaseChoice = 'own' | Base;

const BASE_CHOICES: readonly BaseChoice[] = ['own', 'f32', 'f16', 'int8'];
const BASE_WORDS = {
  own: phrase('as it fits'),
  f32: phrase('float32, 4 bytes each'),
  f16: phrase('float16, 2 bytes each'),
  int8: phrase('int8, 1 byte each'),
} as const;

interface UseProps {
  readonly model: OfferedModel;
  readonly models: ModelsController;
  readonly disabled: boolean;
}

/** The engine can keep weights smaller than they come, which has to be chosen before they are read. */
function Use({ model, models, disabled }: UseProps) {
  const { id, provider, origin, parameters } = model;
  const [base, choose] = useState<BaseChoice>('own');
  const weights = base === 'own' || parameters === null ? null : parameters * BASE_BYTES[base];
  return (
    <div className="model-use">
      {provider === 'engine' && origin !== 'site' && (
        <>
          <Choice
            label={
              <>
                {say('Weights in memory')}
                <Of model={model} />
              </>
            }
            value={base}
            values={BASE_CHOICES}
            words={sayEach(BASE_WORDS)}
            onChange={choose}
          />
          {weights !== null && (
            <span className="quiet">{say('{size} for the weights alone', { size: size(weights) })}</span>
          )}
        </>
      )}
      <button
        type="button"
        className="primary"
        disabled={disabled}
        onClick={() => void models.use(id, base === 'own' ? undefined : { base })}
      >
        {say('Use this model')}
        <Of model={model} />
      </button>
    </div>
  );
}
