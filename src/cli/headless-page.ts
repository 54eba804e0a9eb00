/**
 * Runs a module of `src/` in a page of headless Chromium, with the software WebGPU adapter where there is no
 * other: Vite serves the sources as in development, a folder on disk is served beside them under `/folder/`,
 * and the page talks back through functions that it finds on `window`.
 *
 * The page is cross-origin isolated, so WebAssembly has its threads. Launch options: `scripts/browser.mjs`.
 */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchOptions } from '../../scripts/browser.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface HeadlessPageOptions {
  /** The page's script, from the project's root: `/src/cli/conformance/page.ts`. */
  readonly module: string;
  /** Search part of the page's address. */
  readonly search?: Readonly<Record<string, string>>;
  /** Folder served under `/folder/`; `/folder/` itself is the JSON list of its files. */
  readonly folder?: string;
  /** Folder of the browser's profile, for storage that is on a disk; default: storage in memory, as in a private window. */
  readonly profile?: string;
  /** Further arguments for the browser. */
  readonly browserArgs?: readonly string[];
  /** Functions for the page's `window`; arguments cross as JSON. */
  readonly expose: Readonly<Record<string, (argument: never) => unknown>>;
  /** Errors that the page does not catch, and what the browser says about them. */
  readonly onError: (message: string) => void;
}

/** A page that is open until `close`. */
export interface HeadlessPage {
  close(): Promise<void>;
}

/** @throws what Playwright says where no browser is installed */
export async function openHeadlessPage(options: HeadlessPageOptions): Promise<HeadlessPage> {
  const [{ createServer }, { chromium }] = await Promise.all([import('vite'), import('playwright')]);
  const server = await createServer({
    configFile: false,
    root: ROOT,
    logLevel: 'error',
    appType: 'custom',
    publicDir: false,
    server: { host: '127.0.0.1', port: 0, hmr: false, ws: false, watch: null, headers: ISOLATION },
    optimizeDeps: { noDiscovery: true, include: [] },
    worker: { format: 'es' },
    plugins: [
      {
        name: 'headless-page',
        configureServer: ({ middlewares }) => {
          middlewares.use('/headless-page.html', (_request, response) => {
            send(
              response,
              'text/html',
              `<!doctype html><script type="module" src="${options.module}"></script>`,
            );
          });
          const { folder } = options;
          if (folder !== undefined) {
            middlewares.use('/folder/', (request, response) => {
              serveFile(folder, request, response).catch(() => {
                response.statusCode = 404;
                response.end();
              });
            });
          }
        },
      },
    ],
  });
  await server.listen();
  const launch = launchOptions();
  const browserOptions = { ...launch, args: [...(launch.args ?? []), ...(options.browserArgs ?? [])] };
  const browser =
    options.profile === undefined
      ? await chromium.launch(browserOptions)
      : await chromium.launchPersistentContext(options.profile, browserOptions);
  const page = await browser.newPage();
  page.on('pageerror', (error) => options.onError(error.message));
  page.on('crash', () => options.onError('The page crashed; the machine may be out of memory.'));
  for (const [name, call] of Object.entries(options.expose)) await page.exposeFunction(name, call);
  await page.goto(
    `${server.resolvedUrls?.local[0]}headless-page.html?${new URLSearchParams(options.search)}`,
  );
  return {
    close: async () => {
      await browser.close();
      await server.close();
    },
  };
}

const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

function send(response: ServerResponse, type: string, body: string): void {
  for (const [name, value] of Object.entries(ISOLATION)) response.setHeader(name, value);
  response.setHeader('Content-Type', type);
  response.end(body);
}

/** The file after `/folder/`, nothing outside of the folder; the list of all for `/folder/` itself. */
async function serveFile(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = decodeURIComponent((request.url ?? '/').split('?')[0]).replace(/^\/+/, '');
  if (path === '') {
    send(response, 'application/json', JSON.stringify(await filesBelow(folder)));
    return;
  }
  const file = resolve(folder, path);
  if (relative(folder, file).startsWith('..')) throw new Error('outside of the folder');
  const { size } = await stat(file);
  response.setHeader('Content-Length', size);
  response.setHeader('Content-Type', 'application/octet-stream');
  createReadStream(file).pipe(response);
}

/** Every file below a folder, with `/` between the parts, in order. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .sort();
}
