import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test, vi } from 'vitest';
import type { FromWorker, LabError, News, ToWorker } from '../../worker/protocol';
import { speak } from '../language/language';
import { Trouble } from '../shell/notices';
import { CallFailedError, labErrorOf, WorkerClient, type WorkerPort } from './worker-client';

/** A worker of one's own: everything sent is copied as postMessage would copy it. */
class Port implements WorkerPort {
  readonly sent: ToWorker[] = [];
  private readonly listeners: { type: string; listener: (event: never) => void }[] = [];

  postMessage(message: ToWorker): void {
    this.sent.push(structuredClone(message));
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    this.listeners.push({ type, listener });
  }

  emit(type: string, event: unknown): void {
    for (const entry of this.listeners) if (entry.type === type) entry.listener(event as never);
  }

  say(message: FromWorker): void {
    this.emit('message', { data: structuredClone(message) });
  }
}

function open() {
  const port = new Port();
  const news: News[] = [];
  const broken = vi.fn<(error: LabError) => void>();
  const client = new WorkerClient(port, (item) => news.push(item), broken);
  return { port, news, broken, client };
}

const ERROR: LabError = { code: 'busy', message: 'The model is in use.', whatToDo: 'Wait.' };

test('answers find their calls, whatever their order', async () => {
  const { port, client } = open();
  const cancel = client.call('cancel', {});
  const list = client.call('listMemory', { namespace: 'user' });
  const [first, second] = port.sent;
  expect(first.call).toBe('cancel');
  expect(second).toMatchObject({ call: 'listMemory', args: { namespace: 'user' } });
  expect(first.id).not.toBe(second.id);
  port.say({ kind: 'result', id: second.id, call: 'listMemory', result: [] });
  port.say({ kind: 'result', id: first.id, call: 'cancel', result: null });
  expect(await list).toEqual([]);
  expect(await cancel).toBeNull();
});

test('an error rejects its own call only, with the words for the page', async () => {
  const { port, client } = open();
  const bad = client.call('pauseTraining', {});
  const good = client.call('cancel', {});
  port.say({ kind: 'error', id: port.sent[0].id, error: ERROR });
  port.say({ kind: 'result', id: port.sent[1].id, call: 'cancel', result: null });
  await expect(bad).rejects.toMatchObject({ name: 'CallFailedError', error: ERROR });
  expect(await good).toBeNull();
});

test('news goes to the listener, in order', () => {
  const { port, news } = open();
  port.say({ kind: 'news', news: { kind: 'rollouts', finished: 1, total: 8 } });
  port.say({ kind: 'news', news: { kind: 'rollouts', finished: 2, total: 8 } });
  expect(news.map((item) => item.kind === 'rollouts' && item.finished)).toEqual([1, 2]);
});

test('a worker that fails to load rejects what waits and what comes, and is reported once', async () => {
  const { port, client, broken } = open();
  const waiting = client.call('cancel', {});
  port.emit('error', { message: 'no such file' });
  port.emit('error', {});
  await expect(waiting).rejects.toMatchObject({ error: { code: 'worker-failed' } });
  await expect(client.call('cancel', {})).rejects.toMatchObject({ error: { code: 'worker-failed' } });
  expect(broken).toHaveBeenCalledTimes(1);
  expect(broken.mock.calls[0][0].message).toContain('no such file');
});

test('an error says in which language it is told: of the worker in English, of the page in the one on view', async () => {
  const ofWorker = labErrorOf(new CallFailedError(ERROR), '');
  expect(ofWorker.lang).toBeUndefined();
  expect(labErrorOf(new Error('x'), 'Reload.').lang).toBe('en');
  await speak('zh');
  try {
    const { port, broken } = open();
    port.emit('messageerror', {});
    expect(broken.mock.calls[0][0]).toMatchObject({ code: 'worker-message', lang: 'zh-Hans' });
    const drawn = (error: LabError) =>
      renderToStaticMarkup(createElement(Trouble, { error, fatal: false, onDismiss: () => undefined }));
    expect(drawn(ofWorker)).toContain('<span lang="en"><strong>The model is in use.</strong>');
    expect(drawn(broken.mock.calls[0][0])).toMatch(/<span lang="zh-Hans"><strong>\p{Script=Han}/u);
  } finally {
    await speak('en');
  }
});
