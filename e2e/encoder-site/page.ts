import type { Answer, Ask } from './protocol';

declare global {
  interface Window {
    ask?: (ask: Ask) => Promise<Answer>;
  }
}

const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
const waiting = new Map<number, (answer: Answer) => void>();
worker.onmessage = ({ data }: MessageEvent<{ readonly id: number; readonly answer: Answer }>) => {
  waiting.get(data.id)?.(data.answer);
};
let asked = 0;
window.ask = (ask) =>
  new Promise((resolve) => {
    const id = ++asked;
    waiting.set(id, resolve);
    worker.postMessage({ id, ask });
  });
