/**
 * The page that `npm run bench` opens: runs one benchmark in the browser and hands each figure to the
 * command as it is taken. Peers are loaded only for the bench that needs them.
 */
import { chooseBackend } from '../engine/choose-backend';
import { type BenchRequest, runBench } from './run';

declare global {
  interface Window {
    /** Given by the command. */
    emitFigure?: (line: string) => Promise<void>;
    /** Called by the command. */
    runBench?: (request: BenchRequest) => Promise<void>;
  }
}

window.runBench = async (request) => {
  const { backend: override, threads, fastPaths } = request;
  const { backend } = await chooseBackend({ override, threads, fastPaths });
  const lines: Promise<void>[] = [];
  try {
    await runBench(request, backend, new URL('/', location.href), (figure) => {
      lines.push(window.emitFigure?.(JSON.stringify(figure)) ?? Promise.resolve());
    });
  } finally {
    await Promise.all(lines);
    backend.dispose();
  }
};
