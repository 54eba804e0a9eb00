/** Other models: by their name on the hub, or from a folder of this device, which needs no network. */
import { type DragEvent, useId, useState } from 'react';
import type { ModelShelf, ProviderName } from '../../worker/models-protocol';
import { count, size } from '../figures';
import { listed, say, sayEach } from '../language/language';
import { Say } from '../language/say';
import { Choice } from '../shell/fields';
import { Empty, Panel } from '../shell/panel';
import { PROVIDERS } from '../state/acting';
import { hostsOf, PROVIDER_ORDER } from './model-words';
import type { ModelsController } from './models-controller';
import type { ModelsState } from './models-state';
import { droppedFrom, type PickedFolder, pickedFrom } from './picked-folder';
import { PlaceTrouble } from './place-trouble';

interface AddPanelProps {
  readonly shelf: ModelShelf;
  readonly state: ModelsState;
  readonly models: ModelsController;
}

export function AddPanel({ shelf, state, models }: AddPanelProps) {
  return (
    <Panel title={say('Add a model')} className="add-model">
      <h3>{say('From a folder of this device')}</h3>
      <FolderFields shelf={shelf} state={state} models={models} />
      <h3>{say('From the hub')}</h3>
      {shelf.keeps ? (
        <HubFields shelf={shelf} state={state} models={models} />
      ) : (
        <Empty>
          {say('What is fetched from the hub has to be kept, and this browser keeps no files here.')}
        </Empty>
      )}
    </Panel>
  );
}

function HubFields({ shelf, state, models }: AddPanelProps) {
  const id = useId();
  const [name, write] = useState('');
  const [provider, choose] = useState<ProviderName>('engine');
  const hosts = hostsOf(shelf.models, provider);
  const waiting = state.waiting.has('hub');
  const add = async () => {
    if (await models.addHub(name.trim(), provider)) write('');
  };
  return (
    <form
      className="hub-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== '' && !waiting) void add();
      }}
    >
      <div className="field">
        <label htmlFor={id}>{say('Name (owner/name) or address of the repository')}</label>
        <input
          id={id}
          value={name}
          placeholder="Qwen/Qwen3-0.6B"
          translate="no"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          onChange={(event) => write(event.target.value)}
        />
      </div>
      <Choice
        label={say('For')}
        value={provider}
        values={PROVIDER_ORDER}
        words={sayEach(PROVIDERS)}
        onChange={choose}
      />
      <button type="submit" disabled={name.trim() === '' || waiting}>
        {say('Look it up')}
      </button>
      <p className="quiet">
        {hosts.length > 0 ? (
          <Say
            text="Asks {hosts} what the repository holds; no weights come before you say so."
            with={{
              hosts: (
                <strong translate="no" className="model-hosts">
                  {listed(hosts)}
                </strong>
              ),
            }}
          />
        ) : (
          say('Asks the hub what the repository holds; no weights come before you say so.')
        )}
      </p>
      {waiting && <p role="status">{say('Asking the hub …')}</p>}
      <PlaceTrouble error={state.troubles.get('hub')} onDismiss={() => models.dismiss('hub')} />
    </form>
  );
}

function FolderFields({ shelf, state, models }: AddPanelProps) {
  const id = useId();
  const [over, drag] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    drag(false);
    void models.pick(droppedFrom(event.dataTransfer.items));
  };
  return (
    <>
      <p className="quiet">
        {say(
          'No network is asked: for machines that never see one, bring the folder on a stick. Its files stay on this device.',
        )}
      </p>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the field within does the same for the keyboard */}
      <div
        className={over ? 'drop-folder over' : 'drop-folder'}
        onDragOver={(event) => {
          event.preventDefault();
          drag(true);
        }}
        onDragLeave={() => drag(false)}
        onDrop={drop}
      >
        <label htmlFor={id}>{say('Drop the folder of a model here, or choose it:')}</label>
        <input
          id={id}
          type="file"
          multiple
          // No attribute that React knows. Where a browser cannot choose folders, it lets one choose the files.
          ref={(input) => {
            if (input) input.webkitdirectory = true;
          }}
          onChange={(event) => {
            const { files } = event.target;
            if (files && files.length > 0) void models.pick(Promise.resolve(files).then(pickedFrom));
          }}
        />
        <p className="quiet">
          {say(
            'config.json, tokenizer.json and *.safetensors for the engine; or ONNX files; or those of WebLLM.',
          )}
        </p>
      </div>
      {state.picked && (
        <Picked
          key={state.picked.name}
          folder={state.picked}
          keeps={shelf.keeps}
          waiting={state.waiting.has('folder')}
          models={models}
        />
      )}
      <PlaceTrouble error={state.troubles.get('folder')} onDismiss={() => models.dismiss('folder')} />
    </>
  );
}

interface PickedProps {
  readonly folder: PickedFolder;
  readonly keeps: boolean;
  readonly waiting: boolean;
  readonly models: ModelsController;
}

function Picked({ folder, keeps, waiting, models }: PickedProps) {
  const id = useId();
  const [name, write] = useState(folder.name);
  const [keep, choose] = useState(false);
  return (
    <form
      className="picked"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== '' && !waiting) void models.addFolder(name.trim(), keep && keeps);
      }}
    >
      <p>{say('{files}, {size}.', { files: count(folder.files.size, 'file'), size: size(folder.bytes) })}</p>
      <div className="field">
        <label htmlFor={id}>{say('Name in the list')}</label>
        <input id={id} value={name} maxLength={80} onChange={(event) => write(event.target.value)} />
      </div>
      <label className="check">
        <input
          type="checkbox"
          checked={keep && keeps}
          disabled={!keeps}
          onChange={(event) => choose(event.target.checked)}
        />
        {say('Keep a copy in this browser, for the next visit')}
      </label>
      {!keeps && (
        <p className="quiet">{say('This browser keeps nothing: choose the folder in each visit.')}</p>
      )}
      <div className="setup-apply">
        <button type="submit" className="primary" disabled={name.trim() === '' || waiting}>
          {say('Add it to the list')}
        </button>
        <button type="button" disabled={waiting} onClick={models.unpick}>
          {say('Not this one')}
        </button>
        {waiting && <span role="status">{say('Reading the folder …')}</span>}
      </div>
    </form>
  );
}
