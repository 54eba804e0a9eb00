/** A file over a connection that drops, stalls, is busy, answers with other parts: exactly its bytes, or an error by name. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hubModels } from '../../e2e/hub-models';
import { type LoggedRequest, serveHub } from '../../e2e/hub-server';
import { createRandom } from '../tasks/random';
import { siteHub } from './hub';
import { hubSource } from './hub-source';
import { listedByName } from './model-listing';
import { steadyStream, wholeBody } from './steady-stream';
import { FOR_WASM } from './wanted-files';

let server: Awaited<ReturnType<typeof serveHub>>;
beforeAll(async () => {
  server = await serveHub(hubModels());
});
afterAll(() => server.close());

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const BYTES = Uint8Array.from({ length: 5000 }, (_, at) => (at * 31) >> 3);
const FACTS = { start: 0, end: BYTES.length, size: BYTES.length, what: 'a file' };
const FAST = { waitMs: 1, stallMs: 200 };

/** A body that gives `bytes` in chunks and then ends, breaks off or says nothing more. */
function body(
  bytes: Uint8Array,
  end: 'whole' | 'broken' | 'silent',
  chunk = 700,
): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at < bytes.length) {
        controller.enqueue(bytes.slice(at, at + chunk));
        at += chunk;
      } else if (end === 'whole') controller.close();
      else if (end === 'broken') controller.error(new TypeError('terminated'));
      else return new Promise(() => undefined);
    },
  });
}

function ranged(from: number, end: 'whole' | 'broken' | 'silent', until = BYTES.length): Response {
  const headers = { 'Content-Range': `bytes ${from}-${until - 1}/${BYTES.length}` };
  return new Response(body(BYTES.subarray(from, until), end), { status: 206, headers });
}

test('whatever happens on the way, what arrives is the file', async () => {
  const random = createRandom('steady stream', 8);
  for (let round = 0; round < 60; round++) {
    const asked: number[] = [];
    const ask = async (from: number) => {
      asked.push(from);
      const kind = random.pick(['whole', 'cut', 'stall', 'short', 'ignores'] as const);
      const until = Math.min(BYTES.length, from + 1 + random.int(2000));
      if (kind === 'cut') return ranged(from, 'broken', until);
      if (kind === 'stall') return ranged(from, 'silent', until);
      // Ends too soon, and calls that an end.
      if (kind === 'short') return ranged(from, 'whole', until);
      if (kind === 'ignores') return new Response(body(BYTES, 'whole'), { status: 200 });
      return ranged(from, 'whole');
    };
    const start = random.int(BYTES.length);
    const facts = { ...FACTS, start };
    const options = { waitMs: 0, stallMs: 20, tries: 50 };
    const came = await collect(steadyStream(ask, facts, options));
    expect(Buffer.compare(came, BYTES.subarray(start))).toBe(0);
    // Nothing that came is asked for again.
    expect(asked).toEqual([...asked].sort((a, b) => a - b));
  }
});

test('nothing for too long, again and again, is given up with words', async () => {
  let asked = 0;
  const silent = async (from: number) => {
    asked++;
    return ranged(from, 'silent', from);
  };
  const given = collect(steadyStream(silent, FACTS, { ...FAST, stallMs: 5, tries: 3 }));
  await expect(given).rejects.toMatchObject({ code: 'connection-dropped', whatToDo: expect.any(String) });
  expect(asked).toBe(3);
});

test('a connection that brings something each time is not given up', async () => {
  const ask = async (from: number) => ranged(from, 'broken', Math.min(BYTES.length, from + 100));
  const came = await collect(steadyStream(ask, FACTS, { ...FAST, tries: 2 }));
  expect(Buffer.compare(came, BYTES)).toBe(0);
});

test('another length is another file', async () => {
  const longer = new Uint8Array(BYTES.length + 1);
  const whole = async () => new Response(body(longer, 'whole'), { status: 200 });
  await expect(collect(steadyStream(whole, FACTS, FAST))).rejects.toMatchObject({ code: 'file-length' });
  const headers = { 'Content-Range': `bytes 0-9/${BYTES.length + 5}` };
  const part = async () => new Response(body(BYTES.subarray(0, 10), 'whole'), { status: 206, headers });
  await expect(collect(steadyStream(part, FACTS, FAST))).rejects.toMatchObject({ code: 'file-length' });
});

test('whoever stops it, stops it: in the middle of bytes and in the middle of a wait', async () => {
  for (const kind of ['silent', 'broken'] as const) {
    const stop = new AbortController();
    const reason = new Error('enough');
    const ask = async (from: number) => {
      setTimeout(() => stop.abort(reason), 5);
      return ranged(from, kind, from);
    };
    const options = { waitMs: 3600_000, stallMs: 3600_000, signal: stop.signal };
    const collecting = collect(steadyStream(ask, FACTS, options));
    await expect(collecting).rejects.toBe(reason);
  }
});

test('an error that does not pass is not tried again', async () => {
  let asked = 0;
  const refused = async () => {
    asked++;
    throw new RangeError('no');
  };
  await expect(collect(steadyStream(refused, FACTS, FAST))).rejects.toThrow(RangeError);
  expect(asked).toBe(1);
});

test('over a real server: cut, busy, without ranges, redirected', async () => {
  for (const [at, faults] of ['none', 'cut', 'busy', 'no-ranges', 'redirect,cut', 'slow'].entries()) {
    const hub = siteHub(`/hub/steady-${at}/${faults}/`, new URL(server.url));
    const entry = await listedByName(hub, 'agemem-lab/policy', 'engine', {
      storages: FOR_WASM,
      library: () => null,
    });
    const source = hubSource(hub, entry, FAST);
    const whole = hubModels()
      .find(({ name }) => name === entry.name)
      ?.files.get('model.safetensors');
    const size = (await source.size('model.safetensors')) ?? 0;
    const bytes = await source.read('model.safetensors', 5, size);
    expect(Buffer.compare(bytes, whole?.subarray(5) ?? new Uint8Array()), faults).toBe(0);
    const log = (await (await fetch(`${server.url}hub/steady-${at}/log`)).json()) as LoggedRequest[];
    if (faults === 'busy') expect(log.filter(({ status }) => status === 503)).toHaveLength(2);
    await expect(source.read('absent', 0, 1)).rejects.toMatchObject({ code: 'file-missing' });
  }
});

test('an answer of a length that nobody named: whole, or an error by name, and let go of', async () => {
  let cancelled = 0;
  const answer = (pieces: readonly string[], end: 'close' | 'break' | 'wait') => {
    const left = [...pieces];
    const body = new ReadableStream({
      pull: (controller) => {
        const piece = left.shift();
        if (piece !== undefined) return controller.enqueue(new TextEncoder().encode(piece));
        if (end === 'close') controller.close();
        if (end === 'break') controller.error(new TypeError('network error'));
        return end === 'wait' ? new Promise<void>(() => {}) : undefined;
      },
      cancel: () => {
        cancelled++;
      },
    });
    return new Response(body);
  };
  const text = async (...args: Parameters<typeof wholeBody>) =>
    new TextDecoder().decode(await wholeBody(...args));
  expect(await text(answer(['{"a', '":', '1}'], 'close'), 'it', 7)).toBe('{"a":1}');
  expect(await text(new Response(null, { status: 204 }), 'it', 7)).toBe('');
  await expect(wholeBody(answer(['1'], 'break'), 'it', 7)).rejects.toMatchObject({
    code: 'connection-dropped',
  });
  await expect(wholeBody(answer(Array(99).fill('1'), 'close'), 'it', 7)).rejects.toMatchObject({
    code: 'hub-answer',
  });
  expect(cancelled).toBe(1);
  const abort = new AbortController();
  const waiting = wholeBody(answer(['1'], 'wait'), 'it', 7, abort.signal);
  abort.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  expect(cancelled).toBe(2);
});
