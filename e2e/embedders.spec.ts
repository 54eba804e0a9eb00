/**
 * Embedders in the lab itself, on the built site with every request to another host failed or answered here: nothing of
 * a sentence encoder is loaded before it is chosen, and a memory changes to the policy's hidden states, to an encoder
 * from the hub, and back, searched all the while.
 */
import type { Page } from '@playwright/test';
import { revisionOf } from '../src/memory/embedders/encoder/known-encoders';
import { tinyEncoder } from '../src/memory/embedders/encoder/tiny-encoder.fixture';
import type { Args, CallName, FromWorker, News, Result } from '../src/worker/protocol';
import { expect, open, test } from './site';

const MODEL = 'Xenova/all-MiniLM-L6-v2';
const NAME = 'user/default';
/** Of ONNX Runtime and transformers.js. */
const RUNTIME = /encoder-worker|ort-wasm|transformers/;

/** Another worker of the lab beside the page's own, spoken to as the page does. */
async function speak(page: Page, site: string) {
  await page.evaluate(() => {
    const script = performance
      .getEntriesByType('resource')
      .find(({ name }) => /lab-worker-.*\.js$/.test(name));
    const worker = new Worker(script?.name ?? '', { type: 'module' });
    const news: News[] = [];
    const waiting = new Map<number, (message: FromWorker) => void>();
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.kind === 'news') news.push(data.news);
      else waiting.get(data.id)?.(data);
    };
    let asked = 0;
    Object.assign(window, {
      news,
      call: (call: string, args: unknown) =>
        new Promise((resolve) => {
          const id = ++asked;
          waiting.set(id, resolve);
          worker.postMessage({ id, call, args });
        }),
    });
  });
  type Spoken = Window & {
    readonly news: News[];
    readonly call: (call: string, args: unknown) => Promise<FromWorker>;
  };
  const call = async <Name extends CallName>(name: Name, args: Args<Name>): Promise<Result<Name>> => {
    const answer = await page.evaluate(([one, given]) => (window as unknown as Spoken).call(one, given), [
      name as string,
      args as unknown,
    ] as const);
    if (answer.kind === 'error') throw new Error(`${answer.error.code}: ${answer.error.message}`);
    if (answer.kind !== 'result') throw new Error(`"${name}" was answered by ${answer.kind}`);
    return answer.result as Result<Name>;
  };
  await call('init', { site, backend: 'wasm' });
  const heard = () => page.evaluate(() => (window as unknown as Spoken).news);
  return { call, heard };
}

test('a sentence encoder is loaded when it is chosen, and not a byte of it before', async ({
  page,
  context,
  site,
}) => {
  const files = tinyEncoder();
  const asked: string[] = [];
  const left: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await context.route(
    (url) => url.hostname !== 'localhost' && url.protocol.startsWith('http'),
    async (route) => {
      const url = new URL(route.request().url());
      left.push(url.href);
      const file = files.get(url.pathname.replace(`/${MODEL}/resolve/${revisionOf(MODEL)}/`, ''));
      const headers = { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' };
      if (url.hostname !== 'huggingface.co') return route.abort();
      return route.fulfill(
        file ? { headers, body: Buffer.from(file) } : { headers, status: 404, body: 'no' },
      );
    },
  );
  // A site without encoders says so with a 404, which the browser writes down.
  await context.route('**/encoders/**', (route) =>
    route.fulfill({ status: 200, contentType: 'text/html', body: '' }),
  );
  await open(page, site);
  const { call, heard } = await speak(page, site);
  const home = await call('memoryHome', {});
  expect(asked.filter((url) => RUNTIME.test(url))).toEqual([]);
  const titled = (title: string): string => home.embedders.find((facts) => facts.title === title)?.id ?? '';

  for (const content of ['Mira lives in Oslo.', 'Rolf is a baker.', 'Ada owns a kayak.']) {
    await call('editMemory', { name: NAME, edit: { kind: 'add', content, metadata: {}, memoryType: '' } });
  }
  const found = async (query: string) => {
    const { scores } = await call('searchMemory', { name: NAME, query, mode: 'dense' });
    return scores[0].id;
  };
  const first = await found('Where does Mira live?');

  const hidden = await call('reembed', { name: NAME, embedder: titled('The policy’s hidden states') });
  expect(hidden.facts.embedderId).toMatch(/^policy-/);
  expect(await found('Where does Mira live?')).toBe(first);
  expect(left).toEqual([]);
  expect(asked.filter((url) => RUNTIME.test(url))).toEqual([]);

  const encoded = await call('reembed', { name: NAME, embedder: titled('Meaning, English') });
  expect(encoded.facts.embedderId).toMatch(/^transformers-Xenova\/all-MiniLM-L6-v2-fp32-[0-9a-f]{8}$/);
  expect(encoded.facts.count).toBe(3);
  expect(await found('Where is the home of Mira?')).toBe(first);
  expect(
    left.every((url) => url.startsWith(`https://huggingface.co/${MODEL}/resolve/${revisionOf(MODEL)}/`)),
  ).toBe(true);
  const loading = (await heard()).filter(({ kind }) => kind === 'embedder-loading');
  // Each request was told to the page.
  for (const url of left) expect(loading.map((news) => 'file' in news && news.file)).toContain(url);
  const anew = (await heard()).filter((news) => news.kind === 'reembedding');
  expect(anew.at(-1)).toMatchObject({ done: 3, total: 3, embedder: encoded.facts.embedderId });

  const back = await call('reembed', { name: NAME, embedder: titled('Spelling') });
  expect(back.facts.embedderId).toBe('ngram-512-v1');
  expect(await found('Where does Mira live?')).toBe(first);
});
