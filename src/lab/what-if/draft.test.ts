import { beforeAll, expect, test } from 'vitest';
import { type Recorded, recordEpisode } from '../episode/recorded.fixture';
import { DEFAULT_ADDRESS, formatAddress, parseAddress } from '../state/address';
import { AS_IT_WAS, changeIn } from '../state/branch-change';
import {
  changeOf,
  changesIn,
  type Draft,
  draftFrom,
  draftOf,
  entriesBefore,
  messagesOf,
  stepsOf,
  whatIfOf,
} from './draft';

let original: Recorded;
beforeAll(async () => {
  original = await recordEpisode({ seed: 2, perfect: true });
});

const changes = (part: Partial<ReturnType<typeof draftOf>>) =>
  changesIn(whatIfOf({ ...draftOf(original, 2), ...part }, original), original);

test('a fresh draft changes nothing, nor does what was typed and taken back', () => {
  expect(changes({})).toEqual([]);
  expect(changes({ text: stepsOf(original.log)[1].text })).toEqual([]);
  expect(changes({ message: 0, content: messagesOf(original.task)[0].content })).toEqual([]);
});

test('each field is a change of its own, in words of its own', () => {
  const every = [
    changes({ text: '<answer>x</answer>' }),
    changes({ forget: 'm1' }),
    changes({ message: 0, content: 'other' }),
    changes({ maxContextTokens: 40 }),
    changes({ reset: false }),
    changes({ weights: { task: 1, context: 0, memory: 0, penalty: 0 } }),
    changes({ maintenance: 'any' }),
  ];
  for (const words of every) expect(words).toHaveLength(1);
  expect(new Set(every.flat()).size).toBe(every.length);
});

test('entries before a step are those stored before it, in no case those it stores itself', () => {
  expect(entriesBefore(original.log, 1)).toEqual([]);
  const added = original.log.find(
    (event) => event.type === 'tool-called' && event.outcome.ok && event.outcome.effect.kind === 'added',
  );
  if (!added) throw new Error('nothing was stored');
  expect(entriesBefore(original.log, added.step)).toEqual([]);
  expect(entriesBefore(original.log, added.step + 1).length).toBeGreaterThan(0);
});

test('a step outside the episode becomes the nearest one', () => {
  expect(draftOf(original, 0).step).toBe(1);
  expect(draftOf(original, 99).step).toBe(stepsOf(original.log).length);
});

test('every change goes into a link and comes back from it, alone and all together', () => {
  const last = stepsOf(original.log).length;
  const [entry] = entriesBefore(original.log, last);
  const changed: readonly Partial<Draft>[] = [
    { step: last, text: '<answer>x & y</answer>' },
    { step: last, text: '' },
    { step: last, forget: entry.id },
    { message: 1, content: '' },
    { maxContextTokens: 40 },
    { reset: false },
    { weights: { task: 1 / 3, context: 0, memory: 0.25, penalty: 10 } },
    { maintenance: 'any' },
  ];
  const all: Partial<Draft> = Object.assign({}, ...changed);
  for (const part of [...changed, all]) {
    const draft = { ...draftOf(original, 2), ...part };
    const link = formatAddress({ ...DEFAULT_ADDRESS, ...changeOf(draft, original) });
    expect(link).not.toBe('');
    const back = draftFrom(changeIn(parseAddress(link)), original, 2);
    expect(whatIfOf(back, original), link).toEqual(whatIfOf(draft, original));
  }
  expect(changeOf(draftOf(original, 2), original)).toEqual(AS_IT_WAS);
});

test('of a link to another episode what does not fit this one is left as it was', () => {
  const foreign = { ...AS_IT_WAS, ifStep: 999, ifWrites: 'x', ifForgets: 'm1', ifMessage: 999, ifSays: 'x' };
  expect(changesIn(whatIfOf(draftFrom(foreign, original, 1), original), original)).toEqual([]);
  const unknown = { ...AS_IT_WAS, ifStep: 1, ifForgets: 'm1' };
  expect(changesIn(whatIfOf(draftFrom(unknown, original, 1), original), original)).toEqual([]);
});
