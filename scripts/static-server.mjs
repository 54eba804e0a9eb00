/**
 * A static file server for the built site, on this machine only. With `isolated` it sends the headers
 * that let WebAssembly use threads (cross-origin isolation) and the content security policy; without,
 * it is as plain as any web host, which the tests use to prove that the site needs no more.
 */
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, resolve, sep } from 'node:path';
import { SITE_HEADERS } from './csp.mjs';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};

/** The file a request path means, or undefined: outside `folder`, missing, or not under `prefix`. */
function locate(folder, prefix, path) {
  if (!path.startsWith(prefix)) return undefined;
  const relative = path.slice(prefix.length);
  const file = resolve(
    folder,
    relative === '' || relative.endsWith('/') ? `${relative}index.html` : relative,
  );
  if (!file.startsWith(resolve(folder) + sep)) return undefined;
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat?.isFile() ? { file, size: stat.size } : undefined;
}

function respond(request, response, { folder, prefix, isolated }) {
  const headers = { 'Cache-Control': 'no-cache', ...(isolated ? SITE_HEADERS : {}) };
  const end = (status, text) =>
    response.writeHead(status, { ...headers, 'Content-Type': 'text/plain' }).end(text);
  if (request.method !== 'GET' && request.method !== 'HEAD') return end(405, 'Only GET and HEAD.');
  let path;
  try {
    path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
  } catch {
    return end(400, 'Not a path.');
  }
  const found = path.includes('\0') ? undefined : locate(folder, prefix, path);
  if (!found) return end(404, 'No such file.');
  const type = TYPES[extname(found.file)] ?? 'application/octet-stream';
  response.writeHead(200, { ...headers, 'Content-Type': type, 'Content-Length': found.size });
  if (request.method === 'HEAD') return response.end();
  createReadStream(found.file)
    .on('error', () => response.destroy())
    .pipe(response);
}

/** @type {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => boolean} */
const NOBODY = () => false;

/**
 * Serves `folder` at http://localhost:port/prefix; takes the next free port if `port` is in use. `also` is asked first,
 * and answers what it returns true for.
 * Returns { url, close }.
 */
export async function serve({ folder, port = 4173, prefix = '/', isolated = true, also = NOBODY }) {
  const options = { folder: join(folder), prefix, isolated };
  const server = createServer((request, response) => {
    if (!also(request, response)) respond(request, response, options);
  });
  const listen = (candidate) =>
    new Promise((done, fail) => {
      server.once('error', fail);
      server.listen(candidate, 'localhost', () => {
        server.off('error', fail);
        done();
      });
    });
  for (let candidate = port; ; candidate++) {
    try {
      await listen(candidate);
      break;
    } catch (error) {
      if (error.code !== 'EADDRINUSE' || candidate >= port + 100) throw error;
    }
  }
  const close = () =>
    new Promise((done) => {
      server.close(done);
      server.closeAllConnections();
    });
  return { url: `http://localhost:${server.address().port}${prefix}`, close };
}
