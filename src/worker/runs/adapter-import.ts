/**
 * A PEFT adapter alone, trained elsewhere, as a run that can be played and gone on with: no step done, AdamW's moments
 * at zero, everything else from the `lab` preset. Rank, alpha and targets are the adapter's own. Files made by PEFT do not
 * say which weights they belong to; then shapes are all that can be checked, and the caller is told.
 */
import { EngineError } from '../../engine/errors';
import { BaseMismatchError, checkBase } from '../../engine/model/base-fingerprint';
import { adapterParameters, ParameterLayout } from '../../engine/model/parameters';
import { ADAPTER_CONFIG_FILE, ADAPTER_WEIGHTS_FILE, readAdapter } from '../../engine/model/peft';
import { PRESETS } from '../../rl/presets';
import { LabRefusal } from '../lab-errors';
import type { TrainingSettings } from '../protocol';
import type { SavedRun } from '../run-checkpoint';
import { newRunId } from '../run-parts';
import { RUN_FILE } from './run-json';
import { LONGEST_NAME } from './run-list';
import { checkSize, type RunModel, unzipped } from './run-zip';

/** As the user chose it: PEFT's two files, or one zip of them. */
export interface ChosenFile {
  readonly name: string;
  readonly data: Blob;
}

export interface ImportedAdapter {
  readonly run: SavedRun;
  readonly name: string;
  /** Its files say what base it was trained on, and it is the one here. */
  readonly baseKnown: boolean;
}

const NOTHING = 'Nothing was imported.';

/** @throws LabRefusal with the code of what is wrong: files, zip, fields, tensors, base */
export async function readAdapterFiles(
  model: RunModel,
  chosen: readonly ChosenFile[],
): Promise<ImportedAdapter> {
  checkSize(chosen.reduce((sum, { data }) => sum + data.size, 0));
  const files = await filesOf(chosen);
  const { lora, tensors, base } = read(model, files);
  const params = new ParameterLayout(adapterParameters(model.config, lora)).flatten(
    tensors,
    ADAPTER_WEIGHTS_FILE,
  );
  const { config } = PRESETS.lab;
  const zeros = () => new Float32Array(params.length);
  return {
    run: {
      runId: newRunId(),
      base: model.base().fingerprint,
      baseName: model.base().name,
      settings: settingsOfPreset(),
      config: { ...config, lora },
      nextStep: 0,
      metrics: [],
      norms: [],
      heldOut: [],
      begun: null,
      rolloutBytes: [],
      adapter: { params, m: zeros(), v: zeros(), updates: 0 },
    },
    name: nameOf(chosen),
    baseKnown: base.fingerprint !== null,
  };
}

function settingsOfPreset(): TrainingSettings {
  const { steps, tasksPerStep, groupSize, lr, advantage, reward } = PRESETS.lab.config;
  const form = { steps, tasksPerStep, groupSize, lr, advantageMode: advantage.mode, reward };
  return { preset: 'lab', ...form, seed: 1, evaluateEvery: 0, taskSet: '' };
}

async function filesOf(chosen: readonly ChosenFile[]): Promise<ReadonlyMap<string, Uint8Array>> {
  const read = await Promise.all(
    chosen.map(
      async ({ name, data }) =>
        [name.split(/[\\/]/).at(-1) ?? name, new Uint8Array(await data.arrayBuffer())] as const,
    ),
  );
  const one = read.length === 1 && ![ADAPTER_CONFIG_FILE, ADAPTER_WEIGHTS_FILE].includes(read[0][0]);
  const files = one ? unzipped(read[0][1], ADAPTER_WORDS) : new Map(read);
  const missing = [ADAPTER_CONFIG_FILE, ADAPTER_WEIGHTS_FILE].filter((name) => !files.has(name));
  if (missing.length === 0 && !files.has(RUN_FILE)) return files;
  const what = files.has(RUN_FILE)
    ? 'This is the zip of a whole run, which has an import of its own'
    : `There is no ${missing.join(' and no ')} among the files`;
  throw new LabRefusal(
    'adapter-contents',
    `${what}.`,
    `${NOTHING} Choose ${ADAPTER_CONFIG_FILE} and ${ADAPTER_WEIGHTS_FILE} together, or a zip of the two.`,
  );
}

/** What the reader of zips has to say, of adapters. */
const ADAPTER_WORDS = {
  'run-no-zip': `This is neither a zip nor PEFT's two files, ${ADAPTER_CONFIG_FILE} and ${ADAPTER_WEIGHTS_FILE}.`,
  'zip-files': 'The zip holds more files than an adapter has.',
  'zip-path': `The zip holds folders. Unpack it and choose ${ADAPTER_CONFIG_FILE} and ${ADAPTER_WEIGHTS_FILE} together.`,
} as const;

function read(model: RunModel, files: ReadonlyMap<string, Uint8Array>) {
  // Both are there: `filesOf` looked.
  const [config, weights] = [ADAPTER_CONFIG_FILE, ADAPTER_WEIGHTS_FILE].map(
    (name) => files.get(name) as Uint8Array,
  );
  try {
    const found = readAdapter(model.config, config, weights);
    checkBase('The adapter in these files', found.base, model.base());
    return found;
  } catch (error) {
    if (error instanceof BaseMismatchError || !(error instanceof EngineError)) throw error;
    throw new LabRefusal(error.code, error.message, `${NOTHING} It has to fit the model that is open here.`);
  }
}

/** That of the zip; of two files there is none to speak of. */
function nameOf(chosen: readonly ChosenFile[]): string {
  const stem = chosen.length === 1 ? chosen[0].name.replace(/\.zip$/i, '') : 'adapter';
  return stem.trim().slice(0, LONGEST_NAME) || 'adapter';
}
