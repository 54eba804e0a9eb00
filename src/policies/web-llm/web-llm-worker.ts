/**
 * WebLLM, kept on a lead: a worker of its own for each model, ended with it, which gives its memory back at once. Its
 * files come from the one who started it; every other request is refused (`local-files.ts`).
 */
import { MLCEngine } from '@mlc-ai/web-llm';
import { EngineDesk } from './engine-desk';
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

/** WebLLM notices a lost device while it loads, not later: its next pass would wait for ever. */
function watchDevices(): void {
  if (!('GPUAdapter' in self)) return;
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function (descriptor) {
    const granted = await requestDevice.call(this, descriptor);
    const { vendor, architecture } = this.info;
    device = ['WebGPU', vendor, architecture].filter((word) => word !== '').join(', ');
    void granted.lost.then(({ reason, message }) => {
      if (reason === 'destroyed') return;
      scope.postMessage({
        kind: 'device-lost',
        error: { name: 'DeviceLostError', message: message || 'no reason was given' },
      });
    });
    return granted;
  };
}

watchDevices();
const desk = new EngineDesk({
  create: (config, caches) => {
    Object.defineProperty(self, 'caches', { value: caches, configurable: true });
    return new MLCEngine(config);
  },
  say: (message) => scope.postMessage(message),
  device: () => device,
});
scope.onmessage = ({ data }) => desk.handle(data);
