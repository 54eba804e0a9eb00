import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { speak } from '../language/language';
import { MARK_LABELS, type MarkName, ToolIcon } from '../shell/tool-mark';
import { ActionView } from './action-view';
import { viewFrame } from './frame-view';
import { framesOf } from './frames';
import { momentsOf } from './moments';
import { type Recorded, recordEpisode } from './recorded.fixture';

let question: Recorded;
let world: Recorded;

beforeAll(async () => {
  question = await recordEpisode({ seed: 1, perfect: true });
  world = await recordEpisode({ seed: 3, family: 'rooms', difficulty: 'one-fact', perfect: true });
});

afterEach(() => speak('en'));

const moments = ({ log }: Recorded) => momentsOf(log, framesOf(log));

/** What the panel says of each moment at which the environment was acted upon. */
const shown = ({ log }: Recorded): readonly string[] =>
  framesOf(log).flatMap((frame) => {
    const { action, calls, environment } = viewFrame(log, frame);
    if (!action || !environment) return [];
    const markup = renderToStaticMarkup(createElement(ActionView, { action, calls, environment }));
    return [/<p class="answer">(.*?)<\/p>/.exec(markup)?.[1].replace(/<[^>]+>/g, '') ?? ''];
  });

test('a question is answered once, at the end', () => {
  const answers = moments(question).filter(({ marks }) => marks[0] === 'answer');
  expect(answers.map(({ index }) => index)).toEqual([framesOf(question.log).length - 1]);
  expect(moments(question).flatMap(({ marks }) => marks)).not.toContain('act');
  expect(shown(question)).toEqual([expect.stringMatching(/^Answer: /)]);
});

test('in a world every action is called one, the last too; in a log that does not say so, all but the last', async () => {
  const acted = world.log.filter((event) => event.type === 'environment-acted');
  expect(acted.length).toBeGreaterThan(1);
  const inWorld = moments(world).filter(({ marks }) => marks[0] === 'act' || marks[0] === 'answer');
  expect(inWorld.map(({ marks, words }) => [marks[0], words])).toEqual(
    acted.map(({ action }) => ['act', `stage 3: acts “${action}”`]),
  );
  expect(acted.at(-1)?.done).toBe(true);
  expect(shown(world)).toEqual(acted.map(({ action }) => `Action: ${action}`));
  const old = world.log.map((event) => {
    if (event.type !== 'environment-acted') return event;
    const { interactive: _, ...rest } = event;
    return rest;
  });
  expect(shown({ ...world, log: old })).toEqual(
    acted.map(({ action, done }) => (done ? `Answer: ${action}` : `Action: ${action}`)),
  );
  await speak('zh');
  expect(shown(world)[0]).toBe(`动作：${acted[0].action}`);
});

test('small talk that is answered in stages 1 and 2 is a step without a tool, in a world too', () => {
  const early = [...moments(question), ...moments(world)].filter(({ stage }) => stage < 3);
  expect(early.flatMap(({ marks }) => marks)).toContain('nothing');
  expect(early.flatMap(({ marks }) => marks)).not.toEqual(expect.arrayContaining(['act']));
});

test('every mark has a shape and a label of its own', () => {
  const names = Object.keys(MARK_LABELS) as MarkName[];
  const shapes = names.map((name) => renderToStaticMarkup(createElement(ToolIcon, { name })));
  expect(new Set(shapes).size).toBe(names.length);
  expect(new Set(Object.values(MARK_LABELS)).size).toBe(names.length);
});
