/** Where the files of a model are, and the buttons that fetch, pause and delete them. */
import type { ModelState, OfferedModel } from '../../worker/models-protocol';
import { percent, size } from '../figures';
import { listed, say } from '../language/language';
import { Say } from '../language/say';
import { LastChance } from '../shell/last-chance';
import { ErrorWords } from '../shell/notices';
import { ModelName } from './model-name';
import { expectedBytes, paceWords } from './model-words';
import type { ModelsController } from './models-controller';

export function stateWords({ state, origin }: OfferedModel): string {
  switch (state.kind) {
    case 'absent':
      return say('not here');
    case 'partial':
      return state.trouble
        ? say('stopped at {size}', { size: size(state.storedBytes) })
        : say('paused at {size}', { size: size(state.storedBytes) });
    case 'downloading':
      return say('being downloaded');
    case 'kept':
      return say('✓ kept, usable offline');
    case 'here':
      return origin === 'site' ? say('✓ part of the site') : say('✓ here until this tab closes');
  }
}

interface ModelFilesProps {
  readonly model: OfferedModel;
  readonly models: ModelsController;
  /** It acts: its files stay. */
  readonly acts: boolean;
  readonly waiting: boolean;
  /** Files can be kept in this browser. */
  readonly keeps: boolean;
}

export function ModelFiles({ model, models, acts, waiting, keeps }: ModelFilesProps) {
  const { id, title, state } = model;
  switch (state.kind) {
    case 'absent':
      return (
        <>
          {keeps && <Asked hosts={model.hosts} />}
          <button type="button" disabled={waiting || !keeps} onClick={() => void models.download(id)}>
            {downloadWords(model)}
            <Of model={model} />
          </button>
          {!keeps && <p className="quiet">{say('This browser keeps no files: take it from a folder.')}</p>}
          {!model.offered && <Delete model={model} models={models} disabled={waiting} />}
        </>
      );
    case 'partial':
      return (
        <>
          {state.trouble && (
            <p className="model-lack">
              <ErrorWords error={state.trouble} />
            </p>
          )}
          {state.totalBytes > 0 && <Progress title={title} state={state} pace={null} />}
          <Asked hosts={model.hosts} />
          <button type="button" disabled={waiting} onClick={() => void models.download(id)}>
            {say('Go on')}
            <Of model={model} />
          </button>
          <Cancel model={model} stored={state.storedBytes} models={models} />
        </>
      );
    case 'downloading':
      return (
        <>
          <Progress title={title} state={state} pace={state.bytesPerSecond} />
          <p className="quiet model-file">
            <Say text="File: {name}" with={{ name: <code translate="no">{state.file}</code> }} />
          </p>
          <button type="button" onClick={() => void models.pause(id)}>
            {say('Pause')}
            <Of model={model} />
          </button>
          <Cancel model={model} stored={state.storedBytes} models={models} />
        </>
      );
    case 'kept':
      return <Delete model={model} models={models} disabled={waiting || acts} stored={state.storedBytes} />;
    case 'here':
      return model.origin === 'folder' ? (
        <Delete model={model} models={models} disabled={waiting || acts} />
      ) : null;
  }
}

/** Told before: as the hub said it, or as its weights let one expect. */
function downloadWords(model: OfferedModel): string {
  if (model.downloadBytes !== null) return say('Download {size}', { size: size(model.downloadBytes) });
  const bytes = expectedBytes(model);
  return bytes === null ? say('Download') : say('Download about {size}', { size: size(bytes) });
}

/** Buttons of many cards have the same words; read aloud they say of what. */
export function Of({ model }: { readonly model: OfferedModel }) {
  return (
    <span className="visually-hidden" translate="no">
      {' '}
      {nameOf(model)}
    </span>
  );
}

/** Several files of one model differ in how its weights are kept. */
export function nameOf({ title, quantisation }: OfferedModel): string {
  return quantisation === UNKNOWN ? title : `${title} ${quantisation}`;
}

/** What the worker says where files do not tell how weights are kept. */
export const UNKNOWN = 'unknown';

function Asked({ hosts }: { readonly hosts: readonly string[] }) {
  if (hosts.length === 0) return <p className="quiet">{say('No other host is asked.')}</p>;
  return (
    <p className="quiet">
      <Say
        text="Asks {hosts}, and no other."
        with={{
          hosts: (
            <strong translate="no" className="model-hosts">
              {listed(hosts)}
            </strong>
          ),
        }}
      />
    </p>
  );
}

interface ProgressProps {
  readonly title: string;
  readonly state: Extract<ModelState, { kind: 'partial' | 'downloading' }>;
  readonly pace: number | null;
}

function Progress({ title, state: { storedBytes, totalBytes }, pace }: ProgressProps) {
  const known = totalBytes > 0;
  return (
    <div className="model-progress">
      <progress
        aria-label={say('Downloaded of {title}', { title })}
        value={known ? storedBytes : undefined}
        max={known ? totalBytes : undefined}
      />
      <span className="number">
        {known && `${percent(storedBytes / totalBytes)} · `}
        {paceWords(storedBytes, totalBytes, pace)}
      </span>
    </div>
  );
}

function Cancel({
  model,
  stored,
  models,
}: {
  readonly model: OfferedModel;
  readonly stored: number;
  readonly models: ModelsController;
}) {
  const { id, title } = model;
  return (
    <LastChance
      label={
        <>
          {say('Cancel …')}
          <Of model={model} />
        </>
      }
      words={
        <Say
          text="The {size} that came of {title} would be deleted."
          with={{ size: size(stored), title: <ModelName title={title} /> }}
        />
      }
      yes={say('Delete what came')}
      onYes={() => void models.cancel(id)}
    />
  );
}

interface DeleteProps {
  readonly model: OfferedModel;
  readonly models: ModelsController;
  readonly disabled: boolean;
  /** Bytes in this browser. */
  readonly stored?: number;
}

/** What it takes away differs: files of this browser, or a place in the list. */
export function Delete({ model, models, disabled, stored }: DeleteProps) {
  const { id, title, origin } = model;
  const values = { title: <ModelName title={title} />, size: size(stored ?? 0) };
  const words =
    stored === undefined ? (
      <Say text="{title} would leave the list. No file of this device is deleted." with={values} />
    ) : origin === 'hub' ? (
      <Say
        text="{size} of {title} would be deleted from this browser. To use it again it must be downloaded again."
        with={values}
      />
    ) : (
      <Say
        text="{size} of {title} would be deleted from this browser. The folder it came from stays as it is."
        with={values}
      />
    );
  return (
    <LastChance
      label={
        <>
          {stored === undefined ? say('Take off the list …') : say('Delete …')}
          <Of model={model} />
        </>
      }
      words={words}
      disabled={disabled}
      yes={
        stored === undefined ? say('Take {title} off the list', { title }) : say('Delete {title}', { title })
      }
      onYes={() => void models.remove(id)}
    />
  );
}
