/** A site of this process for the worker to open: a tiny policy trained in the test, another if wanted, and what a test adds. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { directory } from '../cli/directory';
import { writeModelFolder } from '../cli/pretraining/model-folder';
import { replaceFolder } from '../cli/replace-folder';
import { baseFingerprint } from '../engine/model/base-fingerprint';
import type { ModelConfig, NamedTensors } from '../engine/model/model-config';
import { openModelFolder } from '../engine/model/model-folder';
import { adapterParameters } from '../engine/model/parameters';
import { writeAdapter } from '../engine/model/peft';
import { mapTensors } from '../engine/model/tiny-model.fixture';
import {
  ANSWER_ONLY_POLICY,
  BUNDLED_POLICY,
  LONG_TERM_POLICY,
  type SitePolicy,
  WORLDS_POLICY,
} from '../policies/site-policies';
import { TINY_CONFIG, TINY_LORA, TINY_TOKENIZER, tinyWeights } from '../rl/tiny-policy.fixture';

export interface ServedSite {
  /** With a slash at its end. */
  readonly address: string;
  /** Puts a file on the site; a folder on the way is made. */
  add(path: string, content: string): Promise<void>;
  /** Takes files and folders off the site. */
  remove(path: string): Promise<void>;
  close(): Promise<void>;
}

/** @param further whether the further policies of the site are there too, with the adapters beside them */
export async function serveTinyPolicy(further = false): Promise<ServedSite> {
  const folder = await mkdtemp(join(tmpdir(), 'lab-'));
  const weights = await tinyWeights();
  await writeModelFolder(join(folder, BUNDLED_POLICY.folder), {
    config: TINY_CONFIG,
    tokenizer: TINY_TOKENIZER,
    weights,
  });
  if (further) {
    await writeWorldsPolicy(folder, weights);
    for (const policy of [ANSWER_ONLY_POLICY, LONG_TERM_POLICY]) await writeAdapterOf(policy, folder);
  }
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

/** The same habits with other numbers, in a window as large as the real one's. */
async function writeWorldsPolicy(folder: string, of: NamedTensors): Promise<void> {
  const config: ModelConfig = { ...TINY_CONFIG, maxPositions: 1024 };
  const weights = mapTensors(of, (value, at) => value + 0.01 * Math.cos(at));
  await writeModelFolder(join(folder, WORLDS_POLICY.folder), { config, tokenizer: TINY_TOKENIZER, weights });
  await writeAdapterOf(WORLDS_POLICY, folder);
}

/** An adapter that changes what its policy does. */
async function writeAdapterOf(policy: SitePolicy, folder: string): Promise<void> {
  // As its folder says its weights: rounded to half.
  const { config, weights } = await openModelFolder(directory(join(folder, policy.folder)));
  const tensors = new Map(
    adapterParameters(config, TINY_LORA).map(({ name, shape }, at) => [
      name,
      { shape, data: Float32Array.from({ length: shape[0] * shape[1] }, (_, i) => 0.1 * Math.sin(i + at)) },
    ]),
  );
  const base = { name: policy.folder, fingerprint: baseFingerprint(config, weights) };
  const files = writeAdapter(config, { lora: TINY_LORA, tensors }, base);
  await replaceFolder(join(folder, policy.adapterFolder), { ...files });
}
