/**
 * Reading the JSON files of a model folder. What comes back from a server under a file's name is
 * often something else (a login page, a Git LFS pointer, half a file), so the error says what it looks like.
 */
import { ModelFileError } from '../errors';

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The JSON object in `bytes`.
 * @throws ModelFileError `json-html`, `json-lfs-pointer`, `json-syntax` or `json-not-an-object`
 */
export function readJsonObject(bytes: Uint8Array, fileName: string): JsonObject {
  refusePage(bytes, fileName);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ModelFileError(
      'json-syntax',
      `${fileName} (${bytes.length} bytes) is not valid JSON: ${reason}. It may have been cut off or altered; fetch it again.`,
      { cause },
    );
  }
  if (!isJsonObject(value)) {
    throw new ModelFileError('json-not-an-object', `${fileName} must hold a JSON object.`);
  }
  return value;
}

/**
 * Refuses a web page or a Git LFS pointer in place of a file, JSON or not.
 * @throws ModelFileError `json-html` or `json-lfs-pointer`
 */
export function refusePage(bytes: Uint8Array, fileName: string): void {
  const start = new TextDecoder().decode(bytes.subarray(0, 64)).trimStart().toLowerCase();
  if (/^<(!doctype|html|head|body|!--|\?xml)/.test(start)) {
    throw new ModelFileError(
      'json-html',
      `${fileName} is a web page, not a model file. The address is probably wrong, or the server answers unknown addresses with a page.`,
    );
  }
  if (start.startsWith('version https://git-lfs')) {
    throw new ModelFileError(
      'json-lfs-pointer',
      `${fileName} is a Git LFS pointer, not the file itself. Run "git lfs pull", or download the file from its "resolve" address.`,
    );
  }
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
