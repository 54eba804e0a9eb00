/** The model page: who acts, which models there are, how they come here, and what they take. Loaded when first asked for. */
import '../styles/models.css';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { useHome } from '../home/home-view';
import { phrase, say } from '../language/language';
import type { ForeignRequest } from '../state/foreign-requests';
import type { Opening } from '../state/lab-state';
import type { ModelsLine } from '../state/models-line';
import { ActingPanel } from './acting-panel';
import { AddPanel } from './add-panel';
import { ForeignPanel } from './foreign-panel';
import { ModelsController } from './models-controller';
import { NoList, PlaceTrouble } from './place-trouble';
import { SetupPanel } from './setup-panel';
import { ShelfPanels } from './shelf-panels';
import { StoragePanel } from './storage-panel';
import { WellFormedPanel } from './well-formed-panel';

/** What the page is told of the rest of the lab. */
export interface LabNow {
  readonly foreign: readonly ForeignRequest[];
  readonly opening: Opening | null;
  /** The model that acts is at work: none can be opened now. */
  readonly works: boolean;
  /** A run trains. */
  readonly trains: boolean;
}

interface ModelsPageProps extends LabNow {
  /** The worker, ready to be asked. */
  readonly line: ModelsLine;
}

export default function ModelsPage({ line, ...now }: ModelsPageProps) {
  const [models] = useState(() => new ModelsController(line));
  useEffect(() => {
    void models.open();
    return () => models.close();
  }, [models]);
  return <ModelsView models={models} {...now} />;
}

/** Apart from the page, so that it can be drawn from any state. */
export function ModelsView({ models, ...now }: LabNow & { readonly models: ModelsController }) {
  const state = useSyncExternalStore(models.subscribe, models.state, models.state);
  const { shelf } = state;
  const held = heldBy(now);
  const error = state.troubles.get('list');
  if (!shelf) {
    return error ? (
      <NoList error={error} onRetry={() => void models.open()} />
    ) : (
      <p className="empty" role="status">
        {say('Reading the list of models …')}
      </p>
    );
  }
  const { active } = shelf;
  const parameters = shelf.models.find(({ id }) => id === active.id)?.parameters ?? null;
  return (
    <div className="models">
      <p className="visually-hidden" role="status">
        {state.tidings}
      </p>
      <ActingPanel active={active} models={models} opening={now.opening} held={held} />
      <PlaceTrouble error={error} onDismiss={() => models.dismiss('list')} />
      <Possible keeps={shelf.keeps} />
      <div className="models-desk">
        <div className="models-shelf" id="models-shelf">
          <ShelfPanels shelf={shelf} state={state} models={models} held={held} />
        </div>
        <div className="models-side">
          <div id="models-setup">
            <SetupPanel
              // Another model, or one set up otherwise, begins without a draft.
              key={JSON.stringify([active.id, active.setup])}
              active={active}
              parameters={parameters}
              state={state}
              models={models}
              held={held}
            />
          </div>
          <WellFormedPanel active={active} />
          <div id="models-add">
            <AddPanel shelf={shelf} state={state} models={models} />
          </div>
          <div id="models-room">
            <StoragePanel shelf={shelf} state={state} models={models} />
          </div>
          <div id="models-foreign">
            <ForeignPanel requests={now.foreign} />
          </div>
        </div>
      </div>
    </div>
  );
}

function heldBy({ opening, works, trains }: LabNow): string | null {
  if (opening) return say('A model is being opened.');
  if (trains) return say('A run trains the model that acts. Stop it before another one takes its place.');
  if (works) return say('The model that acts is at work. Another one can take its place when it is done.');
  return null;
}

/** What is not possible here, and what is. */
function Possible({ keeps }: { readonly keeps: boolean }) {
  const [, { kind, missing }] = useHome();
  const webgpu = !missing?.some(({ name }) => name === phrase('WebGPU'));
  const words = [
    kind === 'single-file' &&
      say(
        'This is the lab in one file: transformers.js and WebLLM are left out of it. The engine reads any model it knows from a folder of this device.',
      ),
    !webgpu &&
      say(
        'This browser has no WebGPU: WebLLM cannot run here. The engine and transformers.js compute on the processor.',
      ),
    !keeps && say('This browser keeps no files here. A model from a folder works until this tab is closed.'),
  ].filter((text) => text !== false);
  if (words.length === 0) return null;
  return (
    <ul className="notice models-possible">
      {words.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}
