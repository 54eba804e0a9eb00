/**
 * Runs a command of src/cli in Node through Vite's module runner, which reads TypeScript and
 * `?raw` imports exactly as the browser build does: `node scripts/cli.mjs train -- --steps 3`.
 */
import { checkNode, ensurePackages, root } from './install.mjs';

checkNode();
ensurePackages();
// Only now: these come from the packages just ensured.
const { createServer } = await import('vite');
const { ensureWasm } = await import('./build-wasm.mjs');

const [command, ...rest] = process.argv.slice(2);
await ensureWasm();
const server = await createServer({
  configFile: false,
  root,
  logLevel: 'error',
  appType: 'custom',
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true, include: [] },
});
let status = 0;
try {
  const { main } = await server.ssrLoadModule(`/src/cli/${command}.ts`);
  status = (await main(rest)) ?? 0;
} catch (error) {
  console.error(error instanceof Error ? `${error.name}: ${error.message}` : error);
  if (process.env.DEBUG && error instanceof Error) console.error(error.stack);
  status = 1;
} finally {
  await server.close();
}
// What is written to a pipe is written later: many lines at once would be cut off by leaving at once.
await new Promise((written) => process.stdout.write('', written));
process.exit(status);
