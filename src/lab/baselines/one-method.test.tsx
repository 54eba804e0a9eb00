/** What is shown of a memory, from real runs: each method in both languages, who wrote what, and what does not fit. */
import { renderToStaticMarkup } from 'react-dom/server';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { saying } from '../../baselines/baselines.fixture';
import { type Recorded, recordEpisode } from '../episode/recorded.fixture';
import { speak } from '../language/language';
import type { BaselinesLine } from '../state/baselines-line';
import { ageMemSide } from './agemem-side';
import { comparedRun } from './compared.fixture';
import { ComparisonTable } from './comparison-table';
import { METHOD_IDS } from './method-words';
import { OneMethod } from './one-method';

const LINE: BaselinesLine = {
  play: async () => undefined,
  cancel: async () => undefined,
  playCorrections: () => undefined,
  runEpisode: () => undefined,
};

/** Warisa moves from Milan to Nelby. */
let episode: Recorded;
beforeAll(async () => {
  episode = await recordEpisode({ seed: 1, perfect: true });
});
afterEach(() => speak('en'));

const text = (markup: string) =>
  markup
    .replace(/<[^>]+>/g, ' ')
    .replace(/&quot;/g, '"')
    .replace(/\s+/g, ' ');

async function shown(
  method: (typeof METHOD_IDS)[number],
  { task, log }: Pick<Recorded, 'task' | 'log'> = episode,
  part: Parameters<typeof comparedRun>[2] = {},
): Promise<string> {
  const run = await comparedRun(method, task, part);
  return renderToStaticMarkup(
    <OneMethod run={run} task={task} log={log} side={ageMemSide(log)} line={LINE} blocked={false} />,
  );
}

describe.each(METHOD_IDS)('%s', (method) => {
  test.each([
    ['en', 'How it writes', 'What becomes of a correction', 'What it holds at the end', 'How it reads'],
    ['zh', '如何写入', '更正会怎样', '最后保存了什么', '如何读取'],
  ] as const)('in %s: four parts, each beside AgeMem, and nothing left blank', async (language, ...parts) => {
    await speak(language);
    const markup = await shown(method);
    for (const part of parts) expect(markup).toContain(`<h4>${part}</h4>`);
    expect(markup.match(/aria-label="AgeMem"/g)).toHaveLength(4);
    expect(markup).not.toMatch(/undefined|\bnull\b|NaN|\[object|\{\w+\}</);
    // What AgeMem did with the correction, whichever memory stands next to it.
    expect(markup).toContain('Update_memory');
  });
});

test('who was cut off says what was reached and why it ended, AgeMem as the others', async () => {
  const { task, log } = episode;
  const run = await comparedRun('mem0', task);
  const cut = { ...run, result: { ...run.result, score: 0.4, end: 'hard-context' as const } };
  const runs = {
    of: (method: string) => (method === 'mem0' ? cut : undefined),
    stopped: () => false,
    playing: () => false,
    play: async () => true,
  };
  const table = (side: ReturnType<typeof ageMemSide>) =>
    text(
      renderToStaticMarkup(
        <ComparisonTable
          task={task}
          runs={runs}
          side={side}
          chosen="mem0"
          onChoose={() => undefined}
          blocked={false}
          line={LINE}
        />,
      ),
    );
  const side = ageMemSide(log);
  expect(table({ ...side, score: 0.25, end: 'hard-rounds' })).toContain('0.25, too many steps in a stage');
  expect(table(side)).toMatch(/Mem0 Nelby 0\.4, the prompt does not fit/);
  expect(table(side)).toMatch(/the episode on view Nelby ✓ 1 /);
  expect(table({ ...side, score: null, end: null })).toContain('Run it to its end');
});

test('a correction: the decision with old and new, how alike they were, and that a rule took it', async () => {
  const told = text(await shown('mem0'));
  expect(told).toContain('Said first The home of Warisa is in Milan. Corrected Warisa has moved to Nelby.');
  expect(told).toContain('m1 similarity 0.58 UPDATE rewritten Warisa lives in Milan Nelby');
  expect(told).toContain('Decided by the rule that stands in for the model.');
  expect(told).toContain('reply by a rule {"facts":["Warisa lives in Nelby"]}');
  expect(told).toMatch(/History: 2 changes/);
});

test('the graph: drawn, in a table, and what was read is marked', async () => {
  const markup = await shown('mem0-graph');
  expect(markup).toMatch(/<svg[^>]*role="img"[^>]*A graph of \d+ entities and \d+ relations/);
  expect(markup).toMatch(/class="graph-read"/);
  expect(text(markup)).toContain('e2 Warisa lives in Nelby ✓ read');
  expect(text(markup)).toContain('Left without an edge, as in the original: Milan');
});

test('what was read stands in the prompt at its place, and the answer with its score behind it', async () => {
  const before = text(await shown('mem0', episode, { placement: 'before' }));
  expect(before).toMatch(
    /system You manage your memory\. what was read m1: Warisa lives in Nelby .* the question/,
  );
  expect(before).toContain('Score of the task: 1');
});

test('a task without a correction says so and offers one with', async () => {
  const plain = await recordEpisode({ seed: 1, perfect: true, difficulty: 'one-fact' });
  const markup = await shown('langmem', plain);
  expect(text(markup)).toContain('No fact of this task is corrected');
  expect(markup).toMatch(/<button type="button">Play a task with corrections<\/button>/);
});

test('an episode that goes on leaves AgeMem’s places open, in words', async () => {
  const told = text(await shown('rag', { task: episode.task, log: episode.log.slice(0, 3) }));
  expect(told).toContain('The policy has not come to this message yet.');
  expect(told).toContain('The policy has not come to the question yet.');
});

test('an episode that ended early says that the policy never came to the rest', async () => {
  const last = episode.log.at(-1);
  if (last?.type !== 'episode-ended') throw new Error('The recorded episode has no end.');
  const told = text(await shown('rag', { task: episode.task, log: [...episode.log.slice(0, 3), last] }));
  expect(told).toContain('The episode ended before the policy came to this message.');
  expect(told).toContain('The episode ended before the policy came to the question.');
  expect(told).not.toContain('yet.');
});

test('replies of a model are told as its own; what could not be used, why and that a rule stands in', async () => {
  const { policy } = saying('{"facts":["Warisa lives in <b>Nelby</b>"]}', 'Certainly!');
  const markup = await shown('mem0', episode, { policy, replies: 'model' });
  // The first message is answered in form; the reply to its second call is none, twice.
  expect(text(markup)).toContain('a rule stands in Try 1 was not taken: no JSON');
  expect(text(markup)).toContain('Try 2 was not taken: no JSON');
  expect(markup).toContain('Certainly!');
  expect(text(markup)).toContain('Asked for replies within 100000 tokens.');
});

test('a window that is too small for prompt or replies: both are told with their numbers', async () => {
  const { policy } = saying('never');
  const told = text(await shown('mem0', episode, { policy, replies: 'model', window: 200 }));
  expect(told).toMatch(/Try 1 was not taken: the prompt needs \d+ of 200 tokens/);
  const long = { ...policy, countTokens: () => 90 };
  expect(text(await shown('rag', episode, { policy: long }))).toMatch(
    /The prompt would have had \d+ tokens, more than the model that acts reads\./,
  );
});
