/** Playing the table here: who acts, which cells, how many episodes; and how far the run is. */
import { useId, useState } from 'react';
import type { Playable, TableFacts } from '../../worker/table-protocol';
import { count } from '../figures';
import { type Phrase, phrase, say, sayEach } from '../language/language';
import { methodName } from '../method-names';
import { Choice, NumberField } from '../shell/fields';
import { saveFile } from '../shell/save-file';
import { FAMILIES } from '../words';
import { ENVIRONMENTS, METHODS } from './cells';
import { RunProgress } from './run-progress';
import type { TableHold } from './use-table';

/** Who acts: an expert, or the model with one of its adapters or none. */
type Actor = 'expert' | 'shipped' | 'trained' | 'base';

/** Episodes of a seed: a look, as quick as the recorded table, and thorough. */
const EPISODES = ['4', '20', '100'] as const;
type Episodes = (typeof EPISODES)[number];
const EPISODE_WORDS: Readonly<Record<Episodes, Phrase>> = {
  '4': phrase('4, quick'),
  '20': phrase('20, as recorded'),
  '100': phrase('100, thorough'),
};
const MOST_SEEDS = 20;

interface RunProps {
  readonly hold: TableHold;
  readonly ready: boolean;
  /** Something else uses the model; experts play all the same. */
  readonly blocked: boolean;
}

export function RunSection({ hold, ready, blocked }: RunProps) {
  const { facts, choice, choose, state, line, own } = hold;
  const id = useId();
  const [opened, open] = useState(false);
  const active = state.kind === 'running' || state.kind === 'paused';
  const cells = choice.methods.length * choice.environments.length;
  const episodes = cells * choice.seeds.length * choice.episodesPerSeed;
  const shown = opened || state.kind !== 'idle';
  return (
    <section className="table-run" aria-labelledby={id}>
      <h3 id={id}>{say('Play it here')}</h3>
      <RunProgress hold={hold} blocked={blocked} />
      {shown ? (
        <>
          <fieldset className="table-choice" disabled={active || facts === null}>
            <legend className="visually-hidden">{say('What is played')}</legend>
            <div className="choices">
              <Actors hold={hold} />
              <NumberField
                label={say('Seeds')}
                value={choice.seeds.length}
                min={1}
                max={MOST_SEEDS}
                whole
                onChange={(n) => choose({ seeds: Array.from({ length: n }, (_, i) => i + 1) })}
              />
              <Choice
                label={say('Episodes a seed')}
                value={EPISODES.find((one) => Number(one) === choice.episodesPerSeed) ?? '4'}
                values={EPISODES}
                words={sayEach(EPISODE_WORDS)}
                onChange={(n) => choose({ episodesPerSeed: Number(n) })}
              />
            </div>
            <Checks
              legend={say('Methods')}
              values={METHODS}
              chosen={choice.methods}
              words={methodName}
              lacks={(method) => lackOf(method, facts)}
              onChange={(methods) => choose({ methods })}
            />
            <Checks
              legend={say('Worlds')}
              values={ENVIRONMENTS}
              chosen={choice.environments}
              words={(family) => say(FAMILIES[family])}
              onChange={(environments) => choose({ environments })}
            />
          </fieldset>
          <p className="quiet">
            {say(
              '{cells} × {seeds}: {episodes} in all. The page stays usable meanwhile; what was played stays.',
              {
                cells: count(cells, 'cell'),
                seeds: count(choice.seeds.length, 'seed'),
                episodes: count(episodes, 'episode'),
              },
            )}{' '}
            {choice.seeds.length < 2 && say('One seed gives no interval.')}
          </p>
          {choice.reader === 'model' && choice.replies === 'model' && (
            <p className="quiet">
              {say(
                'A memory asks it up to five times for each message told, and once more where a reply cannot be used; then a rule replies, and the figure of unusable replies counts it. The model writes one reply at a time: this takes many times longer than by rules.',
              )}
            </p>
          )}
          <div className="play">
            <button
              type="button"
              className="primary"
              disabled={active || facts === null || cells === 0 || (blocked && choice.reader === 'model')}
              onClick={() => void line.call('runTable', choice)}
            >
              {say('Run the table')}
            </button>
            <button type="button" disabled={own.length === 0} onClick={() => void save(hold)}>
              {say('Save as JSON Lines')}
            </button>
            <Forget hold={hold} disabled={active || facts === null} />
          </div>
        </>
      ) : (
        <button type="button" disabled={!ready} onClick={() => open(true)}>
          {say('Choose what to play')}
        </button>
      )}
    </section>
  );
}

async function save({ line, whole }: TableHold): Promise<void> {
  const made = await line.call('exportTable', whole);
  if (made) saveFile(made.file, made.data);
}

function Actors({ hold: { facts, choice, choose } }: { readonly hold: TableHold }) {
  const model = facts?.model ?? say('the model that acts');
  const adapters = facts?.adapters ?? [];
  const variant = facts !== null && facts.trainedAs !== 'trained';
  const actor: Actor =
    choice.reader === 'expert' ? 'expert' : adapters.includes(choice.adapter) ? choice.adapter : 'base';
  const values: Actor[] = ['expert', ...(adapters.length > 0 ? adapters : (['base'] as const))];
  return (
    <>
      <Choice
        label={say('Who acts')}
        value={actor}
        values={values}
        words={{
          expert: say('the expert of each world'),
          // The title of such a model tells what its adapter was trained for.
          shipped: variant
            ? say('{model}, with that adapter', { model })
            : say('{model}, AgeMem with the shipped adapter', { model }),
          trained: say('{model}, AgeMem with the adapter of this tab', { model }),
          base: say('{model}, no adapter', { model }),
        }}
        onChange={(next) =>
          choose(
            next === 'expert'
              ? { reader: 'expert' }
              : { reader: 'model', ...(next !== 'base' && { adapter: next }) },
          )
        }
      />
      {choice.reader === 'model' && adapters.length > 0 && (
        <label className="check">
          <input
            type="checkbox"
            checked={choice.baselinesTrained}
            onChange={({ target }) => choose({ baselinesTrained: target.checked })}
          />
          {say('Other memories act with the adapter too')}
        </label>
      )}
      {choice.reader === 'model' && (
        <label className="check">
          <input
            type="checkbox"
            checked={choice.replies === 'model'}
            onChange={({ target }) => choose({ replies: target.checked ? 'model' : 'rules' })}
          />
          {say('The model replies to the calls of other memories')}
        </label>
      )}
    </>
  );
}

interface ChecksProps<T extends string> {
  readonly legend: string;
  readonly values: readonly T[];
  readonly chosen: readonly string[];
  readonly words: (value: T) => string;
  /** Why it cannot be chosen; null: it can. */
  readonly lacks?: (value: T) => string | null;
  readonly onChange: (chosen: readonly T[]) => void;
}

function Checks<T extends string>({ legend, values, chosen, words, lacks, onChange }: ChecksProps<T>) {
  return (
    <fieldset className="table-checks">
      <legend>{legend}</legend>
      {values.map((value) => {
        const lack = lacks?.(value) ?? null;
        const checked = lack === null && chosen.includes(value);
        return (
          <label key={value} className="check">
            <input
              type="checkbox"
              checked={checked}
              disabled={lack !== null}
              onChange={() =>
                onChange(values.filter((one) => (one === value ? !checked : chosen.includes(one))))
              }
            />
            <span>
              {words(value)}
              {lack !== null && <span className="quiet"> ({lack})</span>}
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}

const LACKS: Readonly<Record<Exclude<Playable['kind'], 'yes'>, Phrase>> = {
  'needs-model': phrase('experts have no tools'),
  'needs-adapter': phrase('no adapter is here'),
  'needs-weights': phrase('needs a model that was trained so'),
};

function lackOf(method: string, facts: TableFacts | null): string | null {
  const playable = facts?.methods.find(({ id }) => id === method)?.playable;
  return !playable || playable.kind === 'yes' ? null : say(LACKS[playable.kind]);
}

/** Asks once more before it deletes. */
function Forget({ hold, disabled }: { readonly hold: TableHold; readonly disabled: boolean }) {
  const [sure, ask] = useState(false);
  if (!sure) {
    return (
      <button type="button" className="plain" disabled={disabled} onClick={() => ask(true)}>
        {say('Delete what was played here …')}
      </button>
    );
  }
  return (
    <>
      <button
        type="button"
        className="danger"
        onClick={() => {
          ask(false);
          void hold.line.call('forgetTable', {}).then(hold.refresh);
        }}
      >
        {say('Delete all results played in this browser')}
      </button>
      <button type="button" className="plain" onClick={() => ask(false)}>
        {say('Keep them')}
      </button>
    </>
  );
}
