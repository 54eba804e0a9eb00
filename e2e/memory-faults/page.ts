/**
 * A page around the worker of worker.ts: `ask(call, args)` for the tests, and a line on the console for every
 * change that was acknowledged, so that it is known outside when the browser dies.
 */
import type { Reply } from './calls';

const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
let calls = 0;

worker.onmessage = ({ data }: MessageEvent<Reply>) => {
  if (data.kind === 'acknowledged') {
    console.log(`acknowledged ${JSON.stringify(data.change)}`);
    return;
  }
  const call = waiting.get(data.id);
  waiting.delete(data.id);
  if (data.kind === 'result') call?.resolve(data.result);
  else call?.reject(new Error(`${data.name}: ${data.message}`));
};

Object.assign(window, {
  ask: (call: string, args: unknown) =>
    new Promise((resolve, reject) => {
      const id = ++calls;
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, call, args });
    }),
});
