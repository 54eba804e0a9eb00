/**
 * What an answer of the hub means. Its own name for what went wrong stands in the header `X-Error-Code`; where that
 * cannot be read (copies of the hub, hosts that do not expose it) the status has to do.
 *
 * Source: huggingface_hub, `utils/_http.py` (`hf_raise_for_status`).
 */
import {
  FileDamagedError,
  GatedModelError,
  HubAnswerError,
  HubUnreachableError,
  UnknownModelError,
} from './errors';
import { wholeBody } from './steady-stream';

/**
 * The answer, if it is a good one. A body that nobody reads is let go.
 * @param what e.g. "config.json of Qwen/Qwen3-0.6B"
 * @throws GatedModelError, UnknownModelError, HubUnreachableError (worth another try), FileDamagedError, HubAnswerError
 */
export async function goodAnswer(response: Response, name: string, what: string): Promise<Response> {
  if (response.ok) return response;
  await response.body?.cancel();
  const { status } = response;
  const said = response.headers.get('x-error-code');
  const host = response.url === '' ? 'the hub' : new URL(response.url).host;
  if (said === 'GatedRepo' || (status === 403 && said === null)) {
    throw gated(name);
  }
  if (said === 'RepoNotFound' || status === 401) {
    throw new UnknownModelError(
      'model-unknown',
      `There is no model ${name} at ${host}, or it is private.`,
      'Look at its spelling: the owner, a slash, the name. Of a private model, choose the folder.',
    );
  }
  if (said === 'RevisionNotFound') {
    throw new UnknownModelError(
      'revision-unknown',
      `${name} has no such revision any more: ${what} was asked for.`,
      'Delete it from the list and add it anew.',
    );
  }
  if (status === 404 || status === 410) {
    throw new UnknownModelError(
      'file-unknown',
      `${what} is not at ${host} (HTTP ${status}).`,
      'Look at the spelling; if it is right, the repository has changed: delete the model from the list and add it anew.',
    );
  }
  if (status === 416) {
    throw new FileDamagedError(
      'file-length',
      `${what} is shorter at ${host} than was announced: it is not the file that was meant.`,
      'Delete the model from the list and add it anew.',
    );
  }
  if (status === 429) {
    throw new HubUnreachableError(
      'hub-busy',
      `${host} asks for fewer requests (HTTP 429).`,
      'Wait some minutes, then go on: what came is kept.',
    );
  }
  if (status >= 500) {
    throw new HubUnreachableError(
      'hub-failing',
      `${host} could not serve ${what} (HTTP ${status}).`,
      'Try again in a while; what came is kept.',
    );
  }
  throw new HubAnswerError(
    'hub-answer',
    `${host} answered HTTP ${status} for ${what}.`,
    'Try again; if it stays so, download the files yourself and choose their folder.',
  );
}

export function gated(name: string): GatedModelError {
  return new GatedModelError(
    'model-gated',
    `${name} is gated: its owner wants to be asked before it is downloaded.`,
    `Accept its terms on its page (huggingface.co/${name}), download it there, then choose its folder here; or take another model.`,
  );
}

/** A list of ten thousand files has two; what is much longer is none. */
const MOST_JSON_BYTES = 32e6;

/**
 * The JSON of an answer.
 * @throws HubAnswerError for a page, for what is no JSON or endless; HubUnreachableError; the signal's reason
 */
export async function jsonOf(response: Response, what: string, signal?: AbortSignal): Promise<unknown> {
  const text = new TextDecoder().decode(await wholeBody(response, what, MOST_JSON_BYTES, signal));
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw /^\s*</.test(text) ? pageInstead(what, response.url) : notAList(what, cause);
  }
}

/** A web page in the place of a file: a login page of the network, or a host that answers everything with its own. */
export function pageInstead(what: string, address: string): HubAnswerError {
  const host = address === '' ? 'the hub' : new URL(address).host;
  return new HubAnswerError(
    'hub-page',
    `${host} sent a web page in the place of ${what}: a login page of this network, perhaps, or the address is none of a hub.`,
    'Open any page in this browser to see whether the network wants a login; then try again.',
  );
}

function notAList(what: string, cause: unknown): HubAnswerError {
  return new HubAnswerError(
    'hub-answer',
    `${what} came broken: it is not JSON.`,
    'Try again; if it stays so, download the files yourself and choose their folder.',
    { cause },
  );
}
