/** All models, by what computes for them; those that this device lacks something for are folded away. */
import type { ModelShelf, OfferedModel } from '../../worker/models-protocol';
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

export function ShelfPanels(props: ShelfPanelsProps) {
  const { models, active } = props.shelf;
  return PROVIDER_ORDER.map((provider) => {
    const own = models.filter((model) => model.provider === provider);
    const unfit = own.filter((model) => isUnfit(model) && model.id !== active.id);
    return (
      <Panel
        key={provider}
        title={say('Models of {provider}', { provider: say(PROVIDERS[provider]) })}
        note={say(PROVIDER_NOTES[provider])}
      >
        {own.length === 0 && (
          <Empty>{say('None is known here. Add one by its name, or from a folder.')}</Empty>
        )}
        <Cards {...props} own={own.filter((model) => !unfit.includes(model))} />
        {unfit.length > 0 && (
          <details className="unfit">
            <summary>{say('{n} that this device lacks something for', { n: unfit.length })}</summary>
            <Cards {...props} own={unfit} />
          </details>
        )}
      </Panel>
    );
  });
}

/** Offered, but nothing of it is here and it would not run as it is. What was chosen or added is always on view. */
function isUnfit({ lacks, state, offered }: OfferedModel): boolean {
  return offered && lacks.length > 0 && state.kind === 'absent';
}

function Cards({ own, ...props }: ShelfPanelsProps & { readonly own: readonly OfferedModel[] }) {
  if (own.length === 0) return null;
  return (
    <ul className="model-list">
      {own.map((model) => (
        <ModelCard key={model.id} model={model} {...props} />
      ))}
    </ul>
  );
}
