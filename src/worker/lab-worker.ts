/**
 * The lab's worker: takes calls from the page one by one, guards the model against two users at a time,
 * and sends news. Each call is answered exactly once, by a result or by an error in words.
 */
import { toLabError } from './lab-errors';
import { LabSession } from './lab-session';
import type { CallName, FromWorker, Handlers, ToWorker } from './protocol';

const scope: {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(m: FromWorker): void;
} = self;

const session = new LabSession((news) => scope.postMessage({ kind: 'news', news }));

async function answer(message: ToWorker): Promise<void> {
  try {
    const result = await dispatch(session.handlers, message);
    scope.postMessage({ kind: 'result', id: message.id, call: message.call, result } as FromWorker);
  } catch (error) {
    scope.postMessage({ kind: 'error', id: message.id, error: toLabError(error) });
  }
}

function dispatch<Name extends CallName>(
  handlers: Handlers,
  message: { readonly call: Name; readonly args: Parameters<Handlers[Name]>[0] },
): Promise<unknown> {
  const handler = handlers[message.call] as (args: Parameters<Handlers[Name]>[0]) => Promise<unknown>;
  return handler(message.args);
}

scope.onmessage = (event) => {
  void answer(event.data);
};

self.addEventListener('unhandledrejection', (event) => {
  event.preventDefault();
  scope.postMessage({
    kind: 'news',
    news: { kind: 'trouble', error: toLabError(event.reason), fatal: true },
  });
});

performance.mark('lab: worker script');
