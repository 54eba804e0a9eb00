/**
 * The only place from which long-term memory asks another host for anything. Each host is on a list with its
 * reason, each request is told before it is made, and whoever is told may refuse it by throwing. Nothing is
 * sent but the address: no cookies, no referrer. The content security policy of the site allows the same hosts.
 *
 * No code comes from there, only files of models; the runtime that computes with them is the site's own.
 */
import { EncoderError, EncoderUnreachableError, unlessCancelled, words } from './encoder-errors';

export interface ForeignHost {
  readonly host: string;
  /** Its subdomains too. */
  readonly subdomains: boolean;
  readonly what: string;
}

export const FOREIGN_HOSTS: readonly ForeignHost[] = [
  {
    host: 'huggingface.co',
    subdomains: true,
    what: 'the Hugging Face hub: files of a model that the user asks for by name',
  },
  { host: 'hf.co', subdomains: true, what: 'where the hub keeps large files; it redirects there' },
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

/** A request to a host that is not on the list. */
export class ForeignHostError extends EncoderError {
  constructor(address: string) {
    super(
      'foreign-host',
      `${address} is not asked: memory speaks to ${FOREIGN_HOSTS.map(({ host }) => host).join(' and ')} only. ` +
        'Download the files yourself and choose their folder.',
    );
  }
}

export function isListed({ protocol, hostname }: URL): boolean {
  return (
    protocol === 'https:' &&
    FOREIGN_HOSTS.some(
      ({ host, subdomains }) => hostname === host || (subdomains && hostname.endsWith(`.${host}`)),
    )
  );
}

/**
 * @throws ForeignHostError before anything is sent, or after a redirect that left the list; what `tell` throws;
 *   EncoderUnreachableError, EncoderCancelledError
 */
export async function fetchForeign(
  address: string,
  options: { readonly why: string; readonly tell: TellForeign; readonly signal?: AbortSignal },
): Promise<Response> {
  const url = new URL(address);
  if (!isListed(url)) throw new ForeignHostError(address);
  options.tell({ host: url.hostname, address, why: options.why });
  let response: Response;
  try {
    response = await fetch(url, {
      signal: options.signal,
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
    });
  } catch (cause) {
    throw unlessCancelled(
      new EncoderUnreachableError(url.pathname, url.hostname, words(cause), { cause }),
      options.signal,
    );
  }
  if (response.url !== '' && !isListed(new URL(response.url))) {
    await response.body?.cancel();
    throw new ForeignHostError(response.url);
  }
  return response;
}
