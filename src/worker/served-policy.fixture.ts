/** A site of this process for the worker to open: a tiny policy trained in the test, and what a test adds. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { writeModelFolder } from '../cli/pretraining/model-folder';
import { TINY_CONFIG, TINY_TOKENIZER, tinyWeights } from '../rl/tiny-policy.fixture';

export interface ServedSite {
  /** With a slash at its end. */
  readonly address: string;
  /** Puts a file on the site; a folder on the way is made. */
  add(path: string, content: string): Promise<void>;
  /** Takes files and folders off the site. */
  remove(path: string): Promise<void>;
  close(): Promise<void>;
}

export async function serveTinyPolicy(): Promise<ServedSite> {
  const folder = await mkdtemp(join(tmpdir(), 'lab-'));
  await writeModelFolder(join(folder, 'policy'), {
    config: TINY_CONFIG,
    tokenizer: TINY_TOKENIZER,
    weights: await tinyWeights(),
  });
  const server = createServer((request, response) => {
    readFile(join(folder, new URL(request.url ?? '/', 'http://host').pathname)).then(
      (bytes) => response.end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  // Only the client ends idle connections: the server would end one just as the client takes it up again.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async add(path, content) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    },
    async remove(path) {
      await rm(join(folder, path), { recursive: true });
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true });
    },
  };
}
