/** Questions to a policy: batches, limits, costs, and what ends them. */
import { expect, test } from 'vitest';
import { countTokens, textPolicy } from './playing.fixture';
import type { Policy, PolicyGenerateOptions, PolicyRequest } from './policy';
import { ask, QuestionsAbortedError, ReplyCountError } from './questions';

const question = (content: string, maxNewTokens = 8) => ({
  messages: [{ role: 'user', content } as const],
  maxNewTokens,
});

/** Says what it was asked, and keeps how. */
function echo() {
  const calls: { readonly asked: readonly string[]; readonly options: PolicyGenerateOptions }[] = [];
  const text = ({ messages }: PolicyRequest) => messages[0].content;
  const plain = textPolicy(text);
  const policy: Policy = {
    ...plain,
    generate(requests, options) {
      calls.push({ asked: requests.map(text), options });
      return plain.generate(requests, options);
    },
  };
  return { policy, calls };
}

test('replies come in the order of the questions, in batches of equal limits, greedily', async () => {
  const { policy, calls } = echo();
  const progress: string[] = [];
  const replies = await ask(
    [question('a'), question('b', 4), question('c'), question('d'), question('e', 4)],
    {
      policy,
      window: null,
      seed: 1,
      batchSize: 2,
      onProgress: (done, all) => progress.push(`${done}/${all}`),
    },
  );
  expect(replies.map((reply) => reply.kind === 'said' && reply.text)).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(calls.map(({ asked }) => asked)).toEqual([['b', 'e'], ['a', 'c'], ['d']]);
  expect(calls.map(({ options }) => options.maxNewTokens)).toEqual([4, 8, 8]);
  for (const { options } of calls) expect(options).toMatchObject({ temperature: 0, form: 'free' });
  expect(progress).toEqual(['2/5', '4/5', '5/5']);
});

test('room for thoughts is added to the limit, and counts in the window', async () => {
  const { policy, calls } = echo();
  const options = { policy, window: 40, seed: 1 };
  expect((await ask([question('a')], { ...options, thoughtTokens: 20 }))[0].kind).toBe('said');
  expect(calls[0].options.maxNewTokens).toBe(28);
  expect((await ask([question('a')], { ...options, thoughtTokens: 21 }))[0]).toMatchObject({
    kind: 'too-long',
    tokens: 41,
    window: 40,
  });
  expect(calls).toHaveLength(1);
});

test('the cost is in tokens of the policy', async () => {
  const { policy } = echo();
  const [reply] = await ask([question('four words of text')], { policy, window: null, seed: 1 });
  const tokens = countTokens({ role: 'user', content: 'four words of text' });
  expect(reply).toMatchObject({ promptTokens: tokens, replyTokens: tokens, finish: 'stop' });
});

test('without questions nothing is asked', async () => {
  const { policy, calls } = echo();
  expect(await ask([], { policy, window: 1, seed: 1 })).toEqual([]);
  expect(calls).toEqual([]);
});

test('a signal ends it between batches, an aborted completion at once', async () => {
  const { policy, calls } = echo();
  const stop = new AbortController();
  const cut = ask([question('a'), question('b')], {
    policy,
    window: null,
    seed: 1,
    batchSize: 1,
    signal: stop.signal,
    onProgress: () => stop.abort(),
  });
  await expect(cut).rejects.toThrow(QuestionsAbortedError);
  expect(calls).toHaveLength(1);
  const aborted = textPolicy(() => ({ text: '', finish: 'aborted' }));
  await expect(ask([question('a')], { policy: aborted, window: null, seed: 1 })).rejects.toThrow(
    QuestionsAbortedError,
  );
});

test('another number of replies than questions is refused by name', async () => {
  const none: Policy = { ...echo().policy, generate: async () => [] };
  await expect(ask([question('a')], { policy: none, window: null, seed: 1 })).rejects.toThrow(
    ReplyCountError,
  );
});
