/** Why another host was not asked, or gave no answer. `code` is stable. */
export class NetworkError extends Error {
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A request to a host that is not on the list; nothing was sent. */
export class ForeignHostError extends NetworkError {
  constructor(address: string, listed: readonly string[]) {
    super(
      'foreign-host',
      `${address} is not asked: this site speaks to ${listed.join(', ')} only. ` +
        'Download the files yourself and choose their folder.',
    );
  }
}

/** No answer: no network, the host is down, or it does not let this page read it (CORS); a page is not told which. */
export class HostUnreachableError extends NetworkError {
  constructor(
    readonly address: URL,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(
      'host-unreachable',
      `${address.hostname} gave no answer for ${address.pathname} (${reason}): no network, or the host does not let this page read it. ` +
        'Check the connection and try again, or choose a folder on this machine.',
      options,
    );
  }
}
