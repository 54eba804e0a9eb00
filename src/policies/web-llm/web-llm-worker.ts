/**
 * WebLLM, kept on a lead: a worker of its own for each model, ended with it, which gives its memory back at once. Its
 * files come from the one who started it; every other request is refused (`local-files.ts`).
 */
import { MLCEngine } from '@mlc-ai/web-llm';
import { EngineDesk } from './engine-desk';
import { watchDevices } from './gpu-watch';
import { noRequests } from './local-files';
import type { FromWebLlm, ToWebLlm } from './web-llm-protocol';

const scope: {
  onmessage: ((event: MessageEvent<ToWebLlm>) => void) | null;
  postMessage(message: FromWebLlm): void;
} = self;

let device = 'WebGPU';

for (const name of ['fetch', 'caches', 'XMLHttpRequest', 'WebSocket', 'EventSource'] as const) {
  Object.defineProperty(self, name, { value: name === 'fetch' ? noRequests : undefined, configurable: true });
}

watchDevices(globalThis.GPUAdapter?.prototype, {
  onDevice: (words) => {
    device = words;
  },
  onLost: (error) => scope.postMessage({ kind: 'device-lost', error }),
});
const desk = new EngineDesk({
  create: (config, caches) => {
    Object.defineProperty(self, 'caches', { value: caches, configurable: true });
    return new MLCEngine(config);
  },
  say: (message) => scope.postMessage(message),
  device: () => device,
});
scope.onmessage = ({ data }) => desk.handle(data);
