/** Entry of a helper thread in the browser: a module worker that receives its module and memory by message. */
import { serve } from './thread-loop.mjs';

type Start = Omit<Parameters<typeof serve>[0], 'ready'>;

self.onmessage = (event: MessageEvent<Start>) => {
  serve({ ...event.data, ready: () => self.postMessage('ready') });
};
