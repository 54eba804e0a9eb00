/**
 * The page's end of the protocol: calls become promises, news goes to one listener. It knows nothing of
 * what the messages mean, so it is tested with a message channel in place of a worker.
 */
import type { Args, CallName, FromWorker, LabError, News, Result, ToWorker } from '../../worker/protocol';
import { LANGUAGE_TAGS, say, spoken } from '../language/language';

/** What a `Worker` and a `MessagePort` have in common. */
export interface WorkerPort {
  postMessage(message: ToWorker): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<FromWorker>) => void): void;
  addEventListener(type: 'error' | 'messageerror', listener: (event: Event) => void): void;
}

/** A call that the worker answered with an error. */
export class CallFailedError extends Error {
  override readonly name = 'CallFailedError';
  constructor(readonly error: LabError) {
    super(`${error.message} ${error.whatToDo}`);
  }
}

/** An error that the page tells itself, in the language on view. */
export function told(code: string, message: string, whatToDo: string): LabError {
  return { code, message, whatToDo, lang: LANGUAGE_TAGS[spoken()] };
}

/** What is shown of a call that failed. `whatToDo`: where nobody knows what happened. */
export function labErrorOf(error: unknown, whatToDo: string): LabError {
  if (error instanceof CallFailedError) return error.error;
  const what = error instanceof Error ? error.message : String(error);
  return told('unexpected', say('Something unexpected happened: {what}.', { what }), whatToDo);
}

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: CallFailedError) => void;
}

export class WorkerClient {
  private readonly pending = new Map<number, Pending>();
  private issued = 0;
  private broken: LabError | null = null;

  /** `onBroken` is told once if the worker cannot be loaded or sends what cannot be read. */
  constructor(
    private readonly port: WorkerPort,
    private readonly onNews: (news: News) => void,
    private readonly onBroken: (error: LabError) => void,
  ) {
    port.addEventListener('message', (event) => this.receive(event.data));
    port.addEventListener('error', (event) => this.fail(loadError(event)));
    port.addEventListener('messageerror', () => this.fail(messageError()));
  }

  /** Rejects with `CallFailedError`. */
  call<Name extends CallName>(call: Name, args: Args<Name>): Promise<Result<Name>> {
    if (this.broken) return Promise.reject(new CallFailedError(this.broken));
    const id = ++this.issued;
    return new Promise((resolve, reject) => {
      // The worker answers a call with its own result type, which `receive` cannot know.
      this.pending.set(id, { resolve: resolve as Pending['resolve'], reject });
      this.port.postMessage({ id, call, args } as ToWorker);
    });
  }

  private receive(message: FromWorker): void {
    if (message.kind === 'news') {
      this.onNews(message.news);
      return;
    }
    const pending = this.pending.get(message.id);
    this.pending.delete(message.id);
    if (message.kind === 'error') pending?.reject(new CallFailedError(message.error));
    else pending?.resolve(message.result);
  }

  private fail(error: LabError): void {
    if (this.broken) return;
    this.broken = error;
    for (const { reject } of this.pending.values()) reject(new CallFailedError(error));
    this.pending.clear();
    this.onBroken(error);
  }
}

function messageError(): LabError {
  return told(
    'worker-message',
    say('A message between the page and its worker could not be read.'),
    say('Reload the page.'),
  );
}

function loadError(event: Event): LabError {
  const detail = 'message' in event && typeof event.message === 'string' ? event.message : '';
  return told(
    'worker-failed',
    detail
      ? say('The part of the lab that runs the model stopped or could not be loaded ({detail}).', { detail })
      : say('The part of the lab that runs the model stopped or could not be loaded.'),
    say('Reload the page. If that does not help, use a current version of Chrome, Edge, Firefox or Safari.'),
  );
}
