import { expect, test } from 'vitest';
import type { FromWorker, News, Ready, ToWorker } from '../../worker/protocol';
import { type Address, DEFAULT_ADDRESS, parseAddress } from './address';
import { AS_IT_WAS, changeIn } from './branch-change';
import { LabController } from './controller';

const readyWith = (id: string) => ({ presets: [], model: { id } }) as unknown as Ready;

/**
 * A lab whose worker answers with nothing to show, the calls made, and a way to send news. Of models it keeps `kept`.
 */
function lab(address: Address = DEFAULT_ADDRESS, kept: readonly string[] = []) {
  let say: (reply: FromWorker) => void = () => undefined;
  const asked: string[] = [];
  const shown: [string, boolean][] = [];
  const controller = new LabController({
    port: {
      postMessage: (message: ToWorker) => {
        asked.push(message.call);
        const { id } = message;
        queueMicrotask(() => {
          if (message.call === 'openModel' && ![...kept, 'bundled'].includes(message.args.id)) {
            const error = { code: 'model-not-here', message: 'It is not here.', whatToDo: 'Download it.' };
            return say({ kind: 'error', id, error });
          }
          const results: { readonly [call: string]: unknown } = {
            init: readyWith('bundled'),
            openModel: 'id' in message.args && { ready: readyWith(String(message.args.id)), shelf: {} },
            listModels: { active: { id: 'bundled' } },
          };
          say({ kind: 'result', id, call: message.call, result: results[message.call] ?? [] } as FromWorker);
        });
      },
      addEventListener: (type: string, listener: (event: never) => void) => {
        if (type === 'message') say = (data) => listener({ data } as never);
      },
    },
    address,
    site: 'http://localhost/',
    showAddress: (search, page) => shown.push([search, page]),
  });
  const tell = (news: News) => say({ kind: 'news', news });
  const listings = () => asked.filter((call) => call === 'listMemory').length;
  return { controller, asked, shown, tell, listings };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));
const CHANGED = { kind: 'memory-changed', name: 'user/default', elsewhere: false } as const;

test('memory and models are pages for the back button; parts of the long page are not', async () => {
  const { controller, shown } = lab();
  await controller.go({ view: 'group' });
  await controller.go({ view: 'memory' });
  await controller.go({ view: 'models' });
  await controller.go({ view: 'training' });
  controller.return({ ...DEFAULT_ADDRESS, seed: 77, view: 'memory' });
  expect(shown).toEqual([
    ['?view=group', false],
    ['?view=memory', true],
    ['?view=models', true],
    ['?view=training', true],
    ['?view=memory', false],
  ]);
  expect(controller.state().address.seed).toBe(DEFAULT_ADDRESS.seed);
});

test('what is kept is listed again when it was changed, once it is on view', async () => {
  const { controller, tell, listings } = lab();
  tell({ ...CHANGED, name: 'rollout/tab1/episode' });
  await settled();
  expect(listings()).toBe(0);
  tell(CHANGED);
  await settled();
  expect(listings()).toBe(1);
  await controller.go({ view: 'memory' });
  for (let i = 0; i < 3; i++) tell(CHANGED);
  await settled();
  expect(listings()).toBe(1);
  await controller.go({ view: 'episode' });
  await settled();
  expect(listings()).toBe(2);
});

test('news of memory goes to whoever listens, until they stop', () => {
  const { controller, tell } = lab();
  const heard: string[] = [];
  const stop = controller.memory.listen((news) => heard.push(news.kind));
  tell(CHANGED);
  tell({ kind: 'rollouts', finished: 1, total: 2 });
  stop();
  tell(CHANGED);
  expect(heard).toEqual(['memory-changed']);
  expect(controller.state().progress).toEqual({ finished: 1, total: 2 });
});

test('a task of one’s own is named by its set; made-up tasks of any kind leave the set, a number or player does not', async () => {
  const { controller, shown } = lab();
  const set = '0123456789abcdef';
  await controller.own.play(set, 2);
  await controller.go({ seed: 4 });
  await controller.go({ dice: 2, view: 'training' });
  controller.own.trainOn(set, 7);
  expect(controller.state().address).toMatchObject({ set, seed: 4, on: `${set}~7` });
  await controller.go({ difficulty: 'several' });
  expect(controller.state().address.set).toBe(null);
  await controller.own.play(set, 0);
  await controller.go({ split: 'train' });
  expect(controller.state().address.set).toBe(null);
  expect(shown[0]).toEqual([`?seed=3&set=${set}`, false]);
  expect(shown.at(-1)?.[0]).not.toContain('set=');
});

test('what is changed about an episode is in the address until another one is played', async () => {
  const { controller, shown } = lab();
  await controller.start();
  expect(controller.whatIf.keep({ ...AS_IT_WAS, ifStep: 2, ifWrites: 'x' })).toEqual([]);
  expect(shown).toEqual([['?ifStep=2&ifWrites=x', false]]);
  // The same once more is no other address.
  controller.whatIf.keep({ ...AS_IT_WAS, ifStep: 2, ifWrites: 'x' });
  expect(shown).toHaveLength(1);
  await controller.go({ exhibit: 'any-update', view: 'group' });
  expect(controller.state().address.ifStep).toBe(2);
  await controller.go({ dice: 2 });
  expect(changeIn(controller.state().address)).toEqual(AS_IT_WAS);
  expect(controller.state().address.exhibit).toBe('any-update');
});

test('an address goes along with a set that becomes another one; the episode on view is not begun anew', async () => {
  const { controller, asked, shown } = lab();
  const set = '0123456789abcdef';
  await controller.own.play(set, 0);
  controller.own.trainOn(set, 7);
  await settled();
  const before = asked.length;
  const to = { hash: 'fedcba9876543210', name: 'My tasks', tasks: 2, added: 1, bytes: 9 };
  controller.own.moved({ set, form: { question: '', answers: [], messages: [] }, at: null }, to);
  expect(controller.state().address).toMatchObject({ set: to.hash, seed: 1, on: `${to.hash}~7` });
  expect(shown.at(-1)?.[0]).toContain(`set=${to.hash}`);
  expect(asked).toHaveLength(before);
});

test('the model that the address names is opened first, where it is kept; else that is said and the bundled one acts', async () => {
  const id = 'engine:lab/other';
  const address = parseAddress(`?model=${id}`);
  const here = lab(address, [id]);
  await here.controller.start();
  expect(here.asked.slice(0, 2)).toEqual(['init', 'openModel']);
  expect(here.controller.state()).toMatchObject({
    ready: { model: { id } },
    address: { model: id },
    trouble: null,
  });
  // Another one is named in its place, and the bundled one not at all.
  await here.controller.models.open('bundled');
  expect(here.shown.at(-1)).toEqual(['', false]);

  const elsewhere = lab(address);
  await elsewhere.controller.start();
  expect(elsewhere.controller.state()).toMatchObject({
    ready: { model: { id: 'bundled' } },
    address: { model: null },
    trouble: { fatal: false, error: { code: 'model-not-here' } },
  });
  expect(elsewhere.asked).toContain('stepEpisode');
});
