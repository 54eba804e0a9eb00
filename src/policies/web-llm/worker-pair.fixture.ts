/** A worker without a thread: its two ends are a real message channel, so that what is said has to be cloned. */
import type { MLCEngineConfig, MLCEngineInterface } from '@mlc-ai/web-llm';
import { EngineDesk } from './engine-desk';
import type { LocalCaches } from './local-files';
import type { FromWebLlm } from './web-llm-protocol';
import type { WorkerPort } from './web-llm-runtime';

export interface Pair {
  readonly port: WorkerPort;
  /** As the worker would say by itself. */
  readonly say: (message: FromWebLlm) => void;
  readonly ended: () => boolean;
}

export function workerPair(
  create: (config: MLCEngineConfig, caches: LocalCaches) => MLCEngineInterface,
): Pair {
  const { port1, port2 } = new MessageChannel();
  let ended = false;
  const say = (message: FromWebLlm) => {
    if (!ended) port2.postMessage(message);
  };
  const desk = new EngineDesk({ create, say, device: () => 'no GPU' });
  port2.onmessage = ({ data }) => desk.handle(data);
  const port: WorkerPort = {
    onmessage: null,
    onerror: null,
    postMessage: (message, transfer) => port1.postMessage(message, transfer),
    terminate: () => {
      ended = true;
      port1.close();
      port2.close();
    },
  };
  port1.onmessage = (event) => port.onmessage?.(event);
  return { port, say, ended: () => ended };
}
