/**
 * What a worker of the lab does: takes calls from the page in their order, though one that waits lets the next begin, guards the
 * model against two users at a time, and sends news. Each call is answered exactly once, by a result or by an error in words.
 */
import { toLabError } from './lab-errors';
import { type LabRooms, LabSession } from './lab-session';
import type { CallName, FromWorker, Handlers, ToWorker } from './protocol';

/** Answers the page from now on. `rooms`: where device and storage come from, if not as usual. */
export function answerCalls(rooms?: LabRooms): void {
  const scope: {
    onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
    postMessage(m: FromWorker): void;
  } = self;

  const session = new LabSession((news) => scope.postMessage({ kind: 'news', news }), rooms);

  scope.onmessage = async ({ data: message }) => {
    try {
      const result = await dispatch(session.handlers, message);
      scope.postMessage({ kind: 'result', id: message.id, call: message.call, result } as FromWorker);
    } catch (error) {
      scope.postMessage({ kind: 'error', id: message.id, error: toLabError(error) });
    }
  };

  self.addEventListener('unhandledrejection', (event) => {
    event.preventDefault();
    scope.postMessage({
      kind: 'news',
      news: { kind: 'trouble', error: toLabError(event.reason), fatal: true },
    });
  });
}

function dispatch<Name extends CallName>(
  handlers: Handlers,
  message: { readonly call: Name; readonly args: Parameters<Handlers[Name]>[0] },
): Promise<unknown> {
  const handler = handlers[message.call] as (args: Parameters<Handlers[Name]>[0]) => Promise<unknown>;
  return handler(message.args);
}
