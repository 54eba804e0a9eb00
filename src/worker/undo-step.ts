/** Where taking back an update leads: the state before it, from this page's life, the store, or the seed. */
import type { TrainerState } from '../rl/trainer';
import { LabRefusal } from './lab-errors';
import type { LabModels } from './models';
import { loadStep, type RunStore } from './run-checkpoint';
import { KEPT_PAST, type Run } from './run-parts';

/** @throws LabRefusal `nothing-to-undo` where there was no update, or the state before it is no longer kept */
export async function stateBefore(
  run: Run | null,
  models: LabModels,
  store: RunStore | null,
): Promise<{ readonly run: Run; readonly before: TrainerState }> {
  if (!run || run.trainer.nextStep === 0) throw refusal('No update has been made yet.');
  const { id, settings, config, trainer, past } = run;
  const { seed } = settings;
  const nextStep = trainer.nextStep - 1;
  const known = past.at(-1);
  if (known) return { run, before: known };
  // Not of this page's life: the checkpoint before the last.
  if (known === undefined) {
    const stored = store ? await loadStep(store, id, nextStep) : null;
    if (stored) return { run, before: { seed, config, nextStep, adapter: stored.adapter } };
    if (nextStep > 0) throw refusal('The state before the last update is no longer kept.');
  }
  const model = await models.withNewAdapter(config.lora, seed);
  try {
    return { run, before: { seed, config, nextStep, adapter: await model.exportAdapter() } };
  } finally {
    model.dispose();
  }
}

function refusal(message: string): LabRefusal {
  return new LabRefusal(
    'nothing-to-undo',
    message,
    `Train a step first. Of the steps trained since this page was opened the last ${KEPT_PAST} can be taken back, of earlier ones the last.`,
  );
}
