/**
 * `npm start`: installs what is missing, builds what is out of date, serves the site and prints its
 * address. `--port N` asks for another port than 4173; the next free one is taken.
 */
import { join } from 'node:path';
import { checkNode, ensurePackages, root } from './install.mjs';

checkNode();
ensurePackages();
const { ensureSite } = await import('./build.mjs');
const { serve } = await import('./static-server.mjs');
await ensureSite();
const flag = process.argv.indexOf('--port');
const port = flag > 0 ? Number(process.argv[flag + 1]) : 4173;
const { url } = await serve({ folder: join(root, 'dist'), port });
console.log(`\nAgeMem Lab is at ${url}\nStop it with Ctrl+C.`);
