/** All models, by what computes for them. */
import type { ModelShelf } from '../../worker/models-protocol';
import { say } from '../language/language';
import { Empty, Panel } from '../shell/panel';
import { PROVIDERS } from '../state/acting';
import { ModelCard } from './model-card';
import { PROVIDER_NOTES, PROVIDER_ORDER } from './model-words';
import type { ModelsController } from './models-controller';
import type { ModelsState } from './models-state';

interface ShelfPanelsProps {
  readonly shelf: ModelShelf;
  readonly state: ModelsState;
  readonly models: ModelsController;
  readonly held: string | null;
}

export function ShelfPanels({ shelf, ...props }: ShelfPanelsProps) {
  return PROVIDER_ORDER.map((provider) => {
    const own = shelf.models.filter((model) => model.provider === provider);
    return (
      <Panel
        key={provider}
        title={say('Models of {provider}', { provider: say(PROVIDERS[provider]) })}
        note={say(PROVIDER_NOTES[provider])}
      >
        {own.length === 0 ? (
          <Empty>{say('None is known here. Add one by its name, or from a folder.')}</Empty>
        ) : (
          <ul className="model-list">
            {own.map((model) => (
              <ModelCard key={model.id} model={model} shelf={shelf} {...props} />
            ))}
          </ul>
        )}
      </Panel>
    );
  });
}
