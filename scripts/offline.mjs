/**
 * What the lab needs without a network: lists the files of a built site with their SHA-256 (`precache.json`, for people
 * and tests) and builds the service worker around the list.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { SITE_HEADERS } from './csp.mjs';
import { root } from './install.mjs';

const SERVICE_WORKER = 'service-worker.js';
const LIST = 'precache.json';

/** Read by people, and what this file makes: not part of the lab. */
const LEFT_OUT = [/^(service-worker\.js|precache\.json)$/, /^[\w-]+\/(README\.md|loss\.svg)$/];
/** Kept when somebody has used one. */
const LATE = [
  // Sentence encoders, other language models' libraries and their runtime: 20 MB and more.
  /^assets\/(encoder-worker|transformers-worker|web-llm-worker|ort-)/,
  /^encoders\//,
  // Policies of the site that are not opened first, each as large as the one that is.
  /^[\w-]+-(policy|adapter)\//,
];

const sha256 = (bytes, encoding) => createHash('sha256').update(bytes).digest(encoding);

/** `SiteList` of src/service-worker/site-list.ts for the files below `folder`. */
export function siteList(folder) {
  const files = readdirSync(folder, { recursive: true })
    .map((path) => String(path).split(sep).join('/'))
    .filter((path) => statSync(join(folder, path)).isFile() && !LEFT_OUT.some((kind) => kind.test(path)))
    .sort()
    .map((path) => {
      const bytes = readFileSync(join(folder, path));
      const integrity = `sha256-${sha256(bytes, 'base64')}`;
      return { path, integrity, bytes: bytes.length, late: LATE.some((pattern) => pattern.test(path)) };
    });
  const content = { files, headers: SITE_HEADERS };
  return { version: sha256(JSON.stringify(content), 'hex').slice(0, 12), ...content };
}

/** Puts list and service worker beside the built site in `folder`. Returns the list. */
export async function makeOffline(folder) {
  for (const name of [SERVICE_WORKER, LIST]) rmSync(join(folder, name), { force: true });
  const list = siteList(folder);
  writeFileSync(join(folder, LIST), `${JSON.stringify(list, null, 1)}\n`);
  const { build } = await import('vite');
  await build({
    configFile: false,
    root,
    publicDir: false,
    logLevel: 'warn',
    define: { SITE_LIST: JSON.stringify(list) },
    build: {
      outDir: folder,
      emptyOutDir: false,
      target: 'es2022',
      modulePreload: { polyfill: false },
      rollupOptions: {
        input: join(root, 'src/service-worker/service-worker.ts'),
        output: { format: 'iife', entryFileNames: SERVICE_WORKER },
      },
    },
  });
  return list;
}
