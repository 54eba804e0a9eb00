/** One run of the list: what it is, how far it came, and what can be done with it. */
import { type ReactNode, useId, useState } from 'react';
import type { DamagedRun, RunFacts, RunFileKind } from '../../worker/runs-protocol';
import { aligned, count, size } from '../figures';
import { type Phrase, phrase, say } from '../language/language';
import { LastChance } from '../shell/last-chance';
import { LONGEST_NAME, moment, runName, settingsOf } from './run-words';
import { type ScaleCounts, ScaleExport } from './scale-export';

interface RunCardProps {
  readonly run: RunFacts;
  readonly onView: boolean;
  /** It is being trained, or paused. */
  readonly inUse: boolean;
  /** The model is taken. */
  readonly blocked: boolean;
  /** Another act on the list is under way. */
  readonly working: boolean;
  readonly chosen: boolean;
  /** One more can be compared. */
  readonly choosable: boolean;
  readonly onChoose: (yes: boolean) => void;
  readonly onOpen: () => void;
  readonly onContinue: () => void;
  readonly onPlay: () => void;
  readonly onRename: (name: string) => void;
  readonly onSave: (what: RunFileKind) => void;
  readonly onScale: (counts: ScaleCounts) => void;
  readonly onDelete: () => void;
}

export function RunCard(props: RunCardProps) {
  const { run, onView, inUse, blocked, working, chosen, choosable } = props;
  const { steps, settings, bytes } = run;
  const name = runName(run);
  const heading = useId();
  const [naming, ask] = useState(false);
  return (
    <li className="run-card" aria-labelledby={heading}>
      <h3 id={heading}>
        <span translate="no">{name}</span>
        {onView && <span className="chip run-on-view">{say('on view')}</span>}
      </h3>
      <RunFactsLine run={run} />
      {!run.here && <OtherModel name={run.baseName} />}
      <details className="run-settings">
        <summary>
          {say('All settings')}
          <span className="visually-hidden" translate="no">
            {' '}
            {name}
          </span>
        </summary>
        <dl>
          {settingsOf(settings).map(([setting, value]) => (
            <div key={setting}>
              <dt>{setting}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </details>
      <div className="play">
        <button type="button" disabled={blocked || onView || !run.here} onClick={props.onOpen}>
          {say('Open')}
        </button>
        <button
          type="button"
          disabled={blocked || !run.here || steps >= settings.steps}
          onClick={props.onContinue}
        >
          {say('Go on training')}
        </button>
        <button type="button" disabled={blocked || !run.here} onClick={props.onPlay}>
          {say('Play the episode with it')}
        </button>
        <button type="button" disabled={working} aria-expanded={naming} onClick={() => ask(!naming)}>
          {say('Rename')}
        </button>
        <label className="check">
          <input
            type="checkbox"
            checked={chosen}
            disabled={!chosen && (!choosable || steps === 0)}
            onChange={(event) => props.onChoose(event.target.checked)}
          />
          {say('Compare')}
        </label>
      </div>
      {naming && (
        <NameField
          name={run.name ?? ''}
          placeholder={name}
          onName={(text) => {
            ask(false);
            props.onRename(text);
          }}
        />
      )}
      <div className="play">
        <SaveRun name={name} disabled={working} here={run.here} rollouts={run.rollouts} onSave={props.onSave}>
          <ScaleExport disabled={working || !run.here} onScale={props.onScale} />
        </SaveRun>
        <LastChance
          label={say('Delete …')}
          words={say(
            '“{name}” goes: {steps} of training with its adapter, optimiser, curves and the rollouts of {rollouts}, {bytes}.',
            {
              name,
              steps: count(steps, 'step'),
              rollouts: count(run.rollouts, 'step'),
              bytes: size(bytes),
            },
          )}
          yes={say('Delete this run')}
          className="plain"
          disabled={working || inUse}
          onYes={props.onDelete}
        />
      </div>
    </li>
  );
}

function OtherModel({ name }: { readonly name: string | null }) {
  if (name === null)
    return <p className="quiet">{say('Trained on another model than the one that acts.')}</p>;
  return (
    <p className="quiet">
      {name === SITE_POLICY
        ? say('Trained on the bundled policy of a site. Open that model to go on with it.')
        : say('Trained on {name}. Open that model to go on with it.', { name })}
    </p>
  );
}

/** What every site calls its own policy. */
const SITE_POLICY = 'policy';

function RunFactsLine({ run }: { readonly run: RunFacts }) {
  const { steps, settings, heldOut, bytes, savedAt } = run;
  return (
    <p className="quiet run-facts">
      {say('{done} of {steps} done', { done: steps, steps: count(settings.steps, 'step') })}
      {' · '}
      {heldOut
        ? say('held-out reward {reward}, standard error {stderr}, after step {step}', {
            reward: aligned(heldOut.reward, 3),
            stderr: aligned(heldOut.stderr, 3),
            step: heldOut.step,
          })
        : say('no held-out score')}
      {' · '}
      {size(bytes)}
      {' · '}
      {say('saved {when}', { when: moment(savedAt) })}
    </p>
  );
}

interface NameFieldProps {
  readonly name: string;
  /** What it is called without one. */
  readonly placeholder: string;
  readonly onName: (name: string) => void;
}

function NameField({ name, placeholder, onName }: NameFieldProps) {
  const id = useId();
  const [text, write] = useState(name);
  return (
    <form
      className="run-name"
      onSubmit={(event) => {
        event.preventDefault();
        onName(text);
      }}
    >
      <label htmlFor={id}>{say('Name; left empty, it goes by settings and date')}</label>
      <input
        id={id}
        value={text}
        maxLength={LONGEST_NAME}
        placeholder={placeholder}
        // biome-ignore lint/a11y/noAutofocus: the field was asked for by the button before it
        autoFocus
        onChange={(event) => write(event.target.value)}
      />
      <button type="submit">{say('Save the name')}</button>
    </form>
  );
}

const FILES: Readonly<Record<RunFileKind, Phrase>> = {
  zip: phrase('Whole run, zip'),
  metrics: phrase('Metrics, CSV'),
  trajectories: phrase('Trajectories, JSON Lines'),
  adapter: phrase('Adapter, PEFT zip'),
};

/** Files whose shapes only the model itself knows. */
const NEEDS_MODEL: ReadonlySet<RunFileKind> = new Set(['zip', 'adapter']);

interface SaveRunProps {
  readonly name: string;
  readonly disabled: boolean;
  /** Of the model that acts. */
  readonly here: boolean;
  readonly rollouts: number;
  readonly onSave: (what: RunFileKind) => void;
  readonly children: ReactNode;
}

function SaveRun({ name, disabled, here, rollouts, onSave, children }: SaveRunProps) {
  return (
    <details className="run-export">
      <summary>
        {say('Export')}
        <span className="visually-hidden" translate="no">
          {' '}
          {name}
        </span>
      </summary>
      <div className="play">
        {(Object.keys(FILES) as RunFileKind[]).map((what) => (
          <button
            key={what}
            type="button"
            disabled={
              disabled || (what === 'trajectories' && rollouts === 0) || (!here && NEEDS_MODEL.has(what))
            }
            onClick={() => onSave(what)}
          >
            {say(FILES[what])}
          </button>
        ))}
      </div>
      {children}
    </details>
  );
}

interface DamagedRunCardProps {
  readonly run: DamagedRun;
  readonly working: boolean;
  readonly onDelete: () => void;
}

export function DamagedRunCard({ run, working, onDelete }: DamagedRunCardProps) {
  const name = run.name ?? say('a damaged run');
  return (
    <li className="run-card">
      <h3 translate="no">{name}</h3>
      <p className="warning">{run.error.message}</p>
      <LastChance
        label={say('Delete …')}
        words={say('“{name}” goes, and whatever can still be read of it.', { name })}
        yes={say('Delete this run')}
        className="plain"
        disabled={working}
        onYes={onDelete}
      />
    </li>
  );
}
