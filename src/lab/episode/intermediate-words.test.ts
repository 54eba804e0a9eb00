import { afterEach, expect, test } from 'vitest';
import { capturable } from '../../engine/capture/capturable';
import { TINY, TINY_ADAPTER } from '../../engine/model/tiny-model.fixture';
import { speak } from '../language/language';
import { intermediateWords } from './intermediate-words';

const described = new Set(
  [capturable(TINY, TINY_ADAPTER), capturable(TINY, undefined, true)].flat().map(({ what }) => what),
);

afterEach(() => speak('en'));

test('all that the engine describes is said as it is in English, and has words in Chinese', async () => {
  expect(described.size).toBeGreaterThan(15);
  for (const what of described) expect(intermediateWords(what)).toBe(what);
  await speak('zh');
  for (const what of described) expect(intermediateWords(what), what).toMatch(/[\u4e00-\u9fff]/);
  expect(intermediateWords('how the loss changes with A')).toBe('损失如何随 A 变化');
});

test('what is not known stands as it is', async () => {
  await speak('zh');
  expect(intermediateWords('something new')).toBe('something new');
});
