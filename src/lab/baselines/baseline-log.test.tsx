/** An episode of a memory told event by event, from real runs. */
import { renderToStaticMarkup } from 'react-dom/server';
import { afterEach, describe, expect, test } from 'vitest';
import { saying } from '../../baselines/baselines.fixture';
import { openTaskFamily, taskFamily } from '../../tasks/registry';
import type { Task } from '../../worker/protocol';
import { speak } from '../language/language';
import { BaselineLog } from './baseline-log';
import { answerSteps, readsOf, takenMessages } from './beside-side';
import { comparedRun } from './compared.fixture';
import { METHOD_IDS } from './method-words';

const plain = (words: string) => words.replace(/\s+/g, ' ').trim();
const text = (markup: string) =>
  plain(
    markup
      .replace(/<[^>]*>/g, ' ')
      .replaceAll('&#x27;', "'")
      .replaceAll('&quot;', '"')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&'),
  );

async function told(
  method: (typeof METHOD_IDS)[number],
  task: Task,
  part: Parameters<typeof comparedRun>[2] = {},
) {
  const run = await comparedRun(method, task, part);
  const { log, score, end: reason, answer } = run.result;
  const episode = { task, log, score, reason, answer };
  const markup = renderToStaticMarkup(<BaselineLog name="the memory" number={3} episode={episode} />);
  return { run, markup, words: text(markup) };
}

const PEOPLE = taskFamily('qa').generate(1, 'evaluation', 'revisions');

afterEach(() => speak('en'));

describe.each(METHOD_IDS)('%s', (method) => {
  test('is told message by message, with what was stored, what was read and what came of it', async () => {
    const { run, words, markup } = await told(method, PEOPLE);
    expect(words).toContain('Episode 3 of the memory');
    for (const { trace } of takenMessages(run)) {
      expect(words).toContain(plain(trace.message));
      for (const { kind } of trace.operations) expect(words).toContain(kind);
    }
    for (const { query } of readsOf(run)) expect(words).toContain(`Asked: ${query}`);
    for (const { prompt, completion } of answerSteps(run)) {
      expect(words).toContain(`The policy is given ${prompt.tokens} tokens`);
      expect(words).toContain(plain(completion?.text ?? '…'));
    }
    expect(markup).not.toMatch(/undefined|\bnull\b|NaN|\[object|\{\w+\}/);
  });

  test('is told in Chinese with nothing left in English but what was said and written', async () => {
    await speak('zh');
    const { markup } = await told(method, PEOPLE);
    const own = markup.replace(/<(\w+)[^>]* lang="en"[^>]*>[\s\S]*?<\/\1>/g, '').replace(/<[^>]*>/g, ' ');
    expect(own).toContain('短期记忆被清空');
    expect(own).not.toMatch(/The policy|Asked|Nothing|model call|stored|message/);
  });
});

test('a world answers every action, and its end is told', async () => {
  await openTaskFamily('alfworld');
  const { run, words } = await told('mem0', taskFamily('alfworld').generate(1, 'evaluation', 'one-fact'));
  const replies = answerSteps(run).flatMap(({ reply }) => (reply === null ? [] : [reply]));
  expect(replies.length).toBeGreaterThan(0);
  for (const reply of replies) expect(words).toContain(`The world replies: ${plain(reply)}`);
  expect(words).toContain(`Score ${run.result.score}`);
});

test('what is refused is told with its reason; so is the cost of every message', async () => {
  const { policy } = saying('no tags at all', '<think></think><answer>Nelby</answer>');
  const { run, words } = await told('mem0', PEOPLE, { policy, replies: 'rules' });
  expect(answerSteps(run)[0]).toMatchObject({ refused: true });
  expect(words).toContain(`✗ Refused: ${plain(answerSteps(run)[0].reply ?? '')}`);
  const [{ trace }] = takenMessages(run);
  const asked = trace.calls.reduce((sum, { promptTokens }) => sum + promptTokens, 0);
  expect(words).toContain(`${trace.calls.length} model calls: ${asked} tokens in prompts`);
});
