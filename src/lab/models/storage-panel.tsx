/** The room that models take in this browser, and how to get it back. */
import type { ModelShelf, OfferedModel } from '../../worker/models-protocol';
import { size } from '../figures';
import { say } from '../language/language';
import { Empty, Panel } from '../shell/panel';
import { Delete } from './model-files';
import type { ModelsController } from './models-controller';
import { type ModelsState, placeOf } from './models-state';

interface StoragePanelProps {
  readonly shelf: ModelShelf;
  readonly state: ModelsState;
  readonly models: ModelsController;
}

export function StoragePanel({ shelf, state, models }: StoragePanelProps) {
  const { quota, storedBytes, active } = shelf;
  const stored = shelf.models
    .map((model) => ({ model, bytes: bytesOf(model) }))
    .filter(({ bytes }) => bytes > 0)
    .sort((one, other) => other.bytes - one.bytes);
  const most = Math.max(...stored.map(({ bytes }) => bytes), 1);
  return (
    <Panel
      title={say('Room that models take')}
      note={
        !shelf.keeps
          ? say('This browser keeps nothing: what is loaded is gone when this tab is closed.')
          : quota === null
            ? say('{size} in this browser, which does not say how much there is.', {
                size: size(storedBytes),
              })
            : say('{size} in this browser. With everything else the site uses {used} of {granted}.', {
                size: size(storedBytes),
                used: size(quota.usedBytes),
                granted: size(quota.grantedBytes),
              })
      }
    >
      {quota !== null && quota.grantedBytes > 0 && (
        <p className="share-of quota" aria-hidden="true">
          <span
            className="fill"
            style={{ width: `max(2px, ${(100 * quota.usedBytes) / quota.grantedBytes}%)` }}
          />
        </p>
      )}
      {stored.length === 0 ? (
        <Empty>{say('No model is kept in this browser.')}</Empty>
      ) : (
        <ul className="model-room">
          {stored.map(({ model, bytes }) => (
            <li key={model.id}>
              <span translate="no">{model.title}</span>
              <span className="share-of" aria-hidden="true">
                <span className="fill" style={{ width: `max(2px, ${(100 * bytes) / most}%)` }} />
              </span>
              <span className="number">{size(bytes)}</span>
              {model.state.kind === 'kept' && (
                <Delete
                  model={model}
                  models={models}
                  stored={bytes}
                  disabled={state.waiting.has(placeOf(model.id)) || active.id === model.id}
                />
              )}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function bytesOf({ state }: OfferedModel): number {
  return state.kind === 'absent' || state.kind === 'here' ? 0 : state.storedBytes;
}
