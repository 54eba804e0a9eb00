/**
 * `run.json`: what a run is, beside its weights. Numbers and words of the run as the checkpoint has them, the model it
 * belongs to, and length and CRC-32 of every other file of the zip, so that parts of two runs are not taken for one.
 * The same run always gives the same bytes. docs/run-format.md describes the fields.
 */

import { readJson } from '../../memory/exchange/strict-json';
import type { JsonValue } from '../../memory/memory';
import { crc32 } from '../../storage/checksum';
import { CheckpointError } from '../../storage/errors';
import { hexadecimal } from '../../storage/hexadecimal';
import { canonicalJson } from '../../storage/json-sum';
import { LabRefusal } from '../lab-errors';
import type { SavedRun } from '../run-checkpoint';
import { RUN_FORMAT, readRunMeta } from '../run-meta';
import { LONGEST_NAME } from './run-list';

export const RUN_FILE = 'run.json';
const FORMAT = 'agemem-run';
const VERSION = 1;

export interface RunJson {
  readonly run: Omit<SavedRun, 'adapter'>;
  /** As the user calls it. */
  readonly name: string | null;
  /** What the model it belongs to is called. */
  readonly baseName: string | null;
  /** CRC-32 of its tokenizer's file. */
  readonly tokenizer: string;
  readonly updates: number;
}

type Files = Readonly<Record<string, Uint8Array>>;

export function writeRunJson({ run, name, baseName, tokenizer, updates }: RunJson, others: Files): string {
  const fields: Readonly<Record<string, unknown>> = {
    format: FORMAT,
    version: VERSION,
    id: run.runId,
    name,
    begun: run.begun,
    seed: run.settings.seed,
    steps: run.nextStep,
    updates,
    base: { name: baseName, fingerprint: run.base },
    tokenizer: { crc32: tokenizer },
    settings: run.settings,
    config: run.config,
    files: Object.fromEntries(Object.entries(others).map(([file, bytes]) => [file, factsOf(bytes)])),
    norms: run.norms,
    heldOut: run.heldOut,
    metrics: run.metrics,
  };
  const members = Object.entries(fields).map(
    ([field, value]) => `  ${JSON.stringify(field)}: ${spelt(value)}`,
  );
  return `{\n${members.join(',\n')}\n}\n`;
}

/** Lists have a line for each item. */
function spelt(value: unknown): string {
  if (!Array.isArray(value) || value.length === 0) return canonicalJson(value);
  return `[\n${value.map((item) => `    ${canonicalJson(item)}`).join(',\n')}\n  ]`;
}

const factsOf = (bytes: Uint8Array) => ({ bytes: bytes.length, crc32: hexadecimal(crc32(bytes)) });

/**
 * What the text says, checked; whether the other files are those it tells of is checked too.
 * @throws LabRefusal `run-version`, `run-json`, `run-member`
 */
export function readRunJson(bytes: Uint8Array, others: Files): RunJson {
  const fields = fieldsOf(bytes);
  const files = objectOf(fields.files, 'files');
  for (const [file, contents] of Object.entries(others)) {
    if (canonicalJson(files[file] ?? null) !== canonicalJson(factsOf(contents))) {
      throw new LabRefusal(
        'run-member',
        `${file} is not the one that ${RUN_FILE} tells of: it was changed, or is of another run.`,
        'Nothing was imported. Export the run again, and leave the zip as it is.',
      );
    }
  }
  const { name = null, tokenizer, updates, base, seed } = fields;
  const { name: baseName = null, fingerprint = null } = objectOf(base, 'base');
  const { crc32: crc } = objectOf(tokenizer, 'tokenizer');
  if (typeof fields.id !== 'string' || !/^[0-9a-f]{32}$/.test(fields.id)) throw unusable('id is no run id');
  if (name !== null && (typeof name !== 'string' || name.length > LONGEST_NAME))
    throw unusable('name is none');
  if (baseName !== null && typeof baseName !== 'string') throw unusable('base.name is none');
  if (typeof crc !== 'string') throw unusable('tokenizer.crc32 is none');
  const meta = {
    format: RUN_FORMAT,
    runId: fields.id,
    base: fingerprint,
    baseName,
    settings: fields.settings,
    config: fields.config,
    nextStep: fields.steps,
    updates,
    metrics: fields.metrics,
    norms: fields.norms,
    heldOut: fields.heldOut,
    begun: fields.begun,
  };
  try {
    const { format: _, updates: done, ...run } = readRunMeta(meta);
    if (run.settings.seed !== seed) throw unusable('seed is not that of its settings');
    return { run, name, baseName, tokenizer: crc, updates: done };
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    throw unusable(error.message.replace('The saved training run cannot be continued: ', ''));
  }
}

function fieldsOf(bytes: Uint8Array): Readonly<Record<string, JsonValue>> {
  const json = readJson(new TextDecoder().decode(bytes));
  if (!json.ok) throw unusable(json.reason);
  const fields = objectOf(json.value, '');
  const { format, version } = fields;
  if (format !== FORMAT || typeof version !== 'number') throw unusable(`it is not of format "${FORMAT}"`);
  if (version > VERSION) {
    throw new LabRefusal(
      'run-version',
      `The run was written by a newer version of this page: format ${version}; this one reads format ${VERSION}.`,
      'Nothing was imported. Reload the page to get its newest version.',
    );
  }
  if (version !== VERSION) throw unusable(`there is no format ${version}`);
  return fields;
}

function objectOf(value: JsonValue | undefined, place: string): Readonly<Record<string, JsonValue>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unusable(`${place === '' ? 'it' : place} is no object`);
  }
  return value as Readonly<Record<string, JsonValue>>;
}

function unusable(why: string): LabRefusal {
  return new LabRefusal(
    'run-json',
    `${RUN_FILE} cannot be used: ${why.replace(/\.$/, '')}.`,
    'Nothing was imported. Export the run again, and leave the zip as it is.',
  );
}
