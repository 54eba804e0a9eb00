/** Entry of a helper thread in Node. */
import { parentPort, workerData } from 'node:worker_threads';
import { serve } from './thread-loop.mjs';

serve({ ...workerData, ready: () => parentPort?.postMessage('ready') });
