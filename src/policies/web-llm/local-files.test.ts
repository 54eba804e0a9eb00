import { expect, test } from 'vitest';
import {
  addressOfFile,
  FileNotHereError,
  ForeignRequestError,
  localCaches,
  MODEL_ADDRESS,
  noRequests,
} from './local-files';

const FILES = new Map([
  ['mlc-chat-config.json', 2],
  ['params shard 0%.bin', 3],
  ['folder/part.bin', 1],
  ['ndarray-cache.json', 4],
]);

async function cache() {
  const read: string[] = [];
  const opened = await localCaches(FILES, async (name) => {
    read.push(name);
    return new TextEncoder().encode(name);
  }).open('webllm/model');
  return { opened, read };
}

test('every file is found under its address, whatever its name', async () => {
  const { opened } = await cache();
  for (const name of FILES.keys()) {
    const response = await opened.match(new Request(addressOfFile(name)));
    expect(await response?.text()).toBe(name);
  }
});

test('the list of tensors is found under its older name', async () => {
  const { opened, read } = await cache();
  await opened.match(`${MODEL_ADDRESS}tensor-cache.json`);
  expect(read).toEqual(['ndarray-cache.json']);
});

test('what a model does not have is not found, and cannot be added: its name is told', async () => {
  const { opened, read } = await cache();
  const request = new Request(`${MODEL_ADDRESS}tokenizer.model`);
  expect(await opened.match(request)).toBeUndefined();
  await expect(opened.add(request)).rejects.toThrow(FileNotHereError);
  await expect(opened.add(request)).rejects.toThrow('tokenizer.model');
  expect(read).toEqual([]);
});

test('addresses of hosts are refused by name', async () => {
  const { opened } = await cache();
  for (const address of ['https://huggingface.co/mlc-ai/x/resolve/main/a.bin', 'http://localhost/a.wasm']) {
    await expect(opened.match(address)).rejects.toThrow(ForeignRequestError);
    await expect(opened.add(new Request(address))).rejects.toThrow(address);
    await expect(noRequests(address)).rejects.toThrow(ForeignRequestError);
    await expect(noRequests(new Request(address))).rejects.toThrow(address);
  }
});

test('all files are keys, so that nothing is thought to be missing', async () => {
  const { opened } = await cache();
  const keys = (await opened.keys()).map(({ url }) => url);
  // As TVM's runtime makes them out of the list of tensors.
  for (const name of [...FILES.keys(), 'tensor-cache.json']) {
    expect(keys).toContain(new URL(name, MODEL_ADDRESS).href);
  }
});
