/**
 * The only place from which the lab asks another host for anything. Each host is on a list with its
 * reason, each request is told before it is made, and whoever is told may refuse it by throwing. Nothing is
 * sent but the address: no cookies, no referrer. The content security policy of the site allows the same hosts.
 *
 * Files of models come from there, and for WebLLM the compiled kernels of a model (WebAssembly), of which only those
 * are run whose hash was known or noted when the model first came (`policies/web-llm/library-pins.ts`); the runtimes that
 * compute with them are the site's own.
 */
import { ForeignHostError, HostUnreachableError } from './errors';

export interface ForeignHost {
  /** With `*.` before it: each of its subdomains, not itself. As in a content security policy. */
  readonly host: string;
  readonly what: string;
}

export const FOREIGN_HOSTS: readonly ForeignHost[] = [
  { host: 'huggingface.co', what: 'the Hugging Face hub: files of a model that the user asks for by name' },
  { host: '*.huggingface.co', what: 'where the hub keeps large files; it redirects there' },
  { host: '*.hf.co', what: 'where the hub keeps large files; it redirects there' },
  {
    host: 'raw.githubusercontent.com',
    what: 'the kernels that MLC compiled for a model of WebLLM; once they came, others are refused',
  },
];

export const HUB = 'https://huggingface.co';

/** A request that is about to leave for another host. */
export interface ForeignRequest {
  readonly host: string;
  readonly address: string;
  readonly why: string;
}

/** Hears of each request before it is made; what it throws is thrown, and nothing is sent. */
export type TellForeign = (request: ForeignRequest) => void;

export function isListed({ protocol, hostname, port }: URL): boolean {
  return (
    protocol === 'https:' &&
    port === '' &&
    FOREIGN_HOSTS.some(({ host }) =>
      host.startsWith('*.') ? hostname.endsWith(host.slice(1)) : hostname === host,
    )
  );
}

export interface ForeignFetch {
  readonly why: string;
  readonly tell: TellForeign;
  readonly signal?: AbortSignal;
  /** E.g. `bytes=100-`; left out: all of it. */
  readonly range?: string;
}

/**
 * @throws ForeignHostError before anything is sent, or after a redirect that left the list; what `tell` throws;
 *   HostUnreachableError; the signal's reason
 */
export async function fetchForeign(address: string, options: ForeignFetch): Promise<Response> {
  const url = new URL(address);
  if (!isListed(url)) throw notListed(address);
  options.tell({ host: url.hostname, address, why: options.why });
  let response: Response;
  try {
    response = await fetch(url, {
      signal: options.signal,
      // Whoever wants to keep it keeps it: the browser's own copy would take the room of a model again, and a damaged
      // one would come back.
      cache: 'no-store',
      headers: options.range === undefined ? {} : { Range: options.range },
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
    });
  } catch (cause) {
    options.signal?.throwIfAborted();
    const reason = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause);
    throw new HostUnreachableError(url, reason, { cause });
  }
  if (response.url !== '' && !isListed(new URL(response.url))) {
    await response.body?.cancel();
    throw notListed(response.url);
  }
  return response;
}

function notListed(address: string): ForeignHostError {
  return new ForeignHostError(
    address,
    FOREIGN_HOSTS.map(({ host }) => host),
  );
}
