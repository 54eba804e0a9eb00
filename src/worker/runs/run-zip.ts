/**
 * A run as one zip (`docs/run-format.md`): `run.json`, `metrics.csv`, `trajectories.jsonl`, the adapter in PEFT's two
 * files, `optimizer.safetensors`. No folders, so that unpacked it is a folder PEFT opens. Reading is as guarded as that
 * of a memory's zip; out and in again gives the same bytes, and the run goes on with the same numbers.
 */
import { EngineError } from '../../engine/errors';
import { type BaseIdentity, checkBase } from '../../engine/model/base-fingerprint';
import { ADAPTER_CONFIG_FILE, ADAPTER_WEIGHTS_FILE } from '../../engine/model/peft';
import { ImportFileError } from '../../memory/exchange/errors';
import { LIMITS, megabytes } from '../../memory/exchange/limits';
import { isZip, readZip, writeZip } from '../../memory/exchange/zip-file';
import { canonicalJson } from '../../storage/json-sum';
import { LabRefusal } from '../lab-errors';
import type { LabModels } from '../models';
import type { SavedRun, StepRollouts } from '../run-checkpoint';
import { adapterFiles, OPTIMIZER_FILE, readState, stateFiles } from './adapter-files';
import { metricsCsv } from './metrics-csv';
import { RUN_FILE, readRunJson, writeRunJson } from './run-json';
import { joinRollouts, splitRollouts } from './trajectories';

export const METRICS_FILE = 'metrics.csv';
export const TRAJECTORIES_FILE = 'trajectories.jsonl';
const OTHERS = [
  METRICS_FILE,
  TRAJECTORIES_FILE,
  ADAPTER_CONFIG_FILE,
  ADAPTER_WEIGHTS_FILE,
  OPTIMIZER_FILE,
] as const;
type Others = Readonly<Record<(typeof OTHERS)[number], Uint8Array>>;

/** What is needed of the models: the shapes, and what the base is. */
export type RunModel = Pick<LabModels, 'config' | 'base' | 'tokenizer'>;

/** A run with all that goes with it. */
export interface WholeRun {
  readonly run: SavedRun;
  readonly name: string | null;
  /** One for each step whose rollouts are kept. */
  readonly rollouts: readonly StepRollouts[];
}

const utf8 = (text: string) => new TextEncoder().encode(text);

export function writeRunZip(
  { config, base, tokenizer }: RunModel,
  { run, name, rollouts }: WholeRun,
): Uint8Array {
  refuseOtherBase(run, base());
  const { adapter, ...described } = run;
  const { name: baseName } = base();
  const others: Others = {
    [METRICS_FILE]: utf8(metricsCsv(run.metrics, run.heldOut)),
    [TRAJECTORIES_FILE]: joinRollouts(rollouts),
    ...stateFiles(config, run.config.lora, adapter, { name: baseName, fingerprint: run.base }),
  };
  const json = writeRunJson({ run: described, name, baseName, tokenizer, updates: adapter.updates }, others);
  return writeZip({ [RUN_FILE]: utf8(json), ...others });
}

/** The adapter alone, as PEFT opens it when it is unpacked. */
export function writeAdapterZip({ config, base }: RunModel, run: SavedRun): Uint8Array {
  refuseOtherBase(run, base());
  const { name } = base();
  return writeZip({ ...adapterFiles(config, run.config.lora, run.adapter, { name, fingerprint: run.base }) });
}

/** The shapes of another model are not here. @throws BaseMismatchError */
function refuseOtherBase({ base: fingerprint, baseName: name }: SavedRun, here: BaseIdentity): void {
  checkBase('This run', { name, fingerprint }, here);
}

/** @throws LabRefusal, BaseMismatchError; they say what is wrong, and nothing was imported */
export function readRunZip(model: RunModel, bytes: Uint8Array): WholeRun {
  const files = unzipped(bytes);
  const others = othersOf(files);
  const { run, name, tokenizer, updates } = readRunJson(files.get(RUN_FILE) as Uint8Array, others);
  checkBase('The run in this file', { name: null, fingerprint: run.base }, model.base());
  if (tokenizer !== model.tokenizer) {
    throw new LabRefusal(
      'run-tokenizer',
      `The run in this file was trained with another tokenizer (${tokenizer}) than the one here (${model.tokenizer}).`,
      'Nothing was imported. Open it on the site it was trained on.',
    );
  }
  if (new TextDecoder().decode(others[METRICS_FILE]) !== metricsCsv(run.metrics, run.heldOut)) {
    throw damagedMember(METRICS_FILE, `its numbers are not those of ${RUN_FILE}`);
  }
  const adapter = stateOf(model, others, run, updates);
  const rollouts = splitRollouts(others[TRAJECTORIES_FILE], run.nextStep);
  if (typeof rollouts === 'string') throw damagedMember(TRAJECTORIES_FILE, rollouts);
  const packed = new Map(rollouts.map((step) => [step.step, step.packed?.length ?? 0]));
  const rolloutBytes = run.metrics.map(({ step }) => packed.get(step) ?? 0);
  return { run: { ...run, rolloutBytes, adapter }, name, rollouts };
}

/**
 * @param words of what is imported, by code, where they are not those of a run
 * @throws LabRefusal
 */
export function unzipped(
  bytes: Uint8Array,
  words: Readonly<Record<string, string>> = {},
): ReadonlyMap<string, Uint8Array> {
  if (!isZip(bytes)) {
    throw new LabRefusal(
      'run-no-zip',
      words['run-no-zip'] ?? 'This is no zip. A run is imported from the zip that “Export” writes.',
      'Nothing was imported. Choose another file.',
    );
  }
  try {
    return readZip(bytes);
  } catch (error) {
    if (!(error instanceof ImportFileError)) throw error;
    throw new LabRefusal(
      error.code,
      words[error.code] ?? ZIP_WORDS[error.code] ?? error.message,
      'Nothing was imported. Export the run again, or get the file again.',
    );
  }
}

/** The reader speaks of memories where it knows advice that is none for a run. */
const ZIP_WORDS: Readonly<Record<string, string>> = {
  'zip-damaged': 'The zip is damaged or cut short.',
  'zip-files': 'The zip holds more files than a run has.',
  'zip-method': 'A file of the zip is encrypted, or packed in a way this page cannot read.',
  'zip-path': 'The zip holds folders; the files of a run lie in none.',
  'zip-ratio':
    'The zip says it unpacks to more than a hundred times its size, which is how zip bombs look. It is not read.',
};

function othersOf(files: ReadonlyMap<string, Uint8Array>): Others {
  const missing = [RUN_FILE, ...OTHERS].filter((name) => !files.has(name));
  if (missing.length === 0) {
    return Object.fromEntries(OTHERS.map((name) => [name, files.get(name)])) as unknown as Others;
  }
  const what = files.has('entries.jsonl') ? 'This is the zip of a memory, which the memory page imports' : '';
  throw new LabRefusal(
    'run-contents',
    `${what || `The zip is not one of a run: it lacks ${missing.join(', ')}`}.`,
    'Nothing was imported. Choose another file.',
  );
}

function stateOf(model: RunModel, others: Others, run: Omit<SavedRun, 'adapter'>, updates: number) {
  try {
    const { lora, base, state } = readState(model.config, others, updates);
    if (canonicalJson(lora) !== canonicalJson(run.config.lora) || base.fingerprint !== run.base) {
      throw damagedMember(ADAPTER_CONFIG_FILE, `it tells of another adapter than ${RUN_FILE}`);
    }
    return state;
  } catch (error) {
    // Its message names file and tensor.
    if (error instanceof EngineError) {
      throw new LabRefusal('run-member', error.message, 'Nothing was imported. Export the run again.');
    }
    throw error;
  }
}

function damagedMember(file: string, why: string): LabRefusal {
  return new LabRefusal(
    'run-member',
    `${file} cannot be used: ${why}.`,
    'Nothing was imported. Export the run again, and leave the zip as it is.',
  );
}

/** @throws LabRefusal `run-size` before any of it is read */
export function checkSize(bytes: number): void {
  if (bytes <= LIMITS.fileBytes) return;
  throw new LabRefusal(
    'run-size',
    `The file has ${megabytes(bytes)}; ${megabytes(LIMITS.fileBytes)} are the limit.`,
    'Nothing was imported. Choose another file.',
  );
}
