import { expect, test } from 'vitest';
import { MOST_BYTES, SingleFileError, weighed, within } from './build-single.mjs';

test('a byte above the limit fails, with the weight in words', () => {
  expect(MOST_BYTES).toBe(8_000_000);
  expect(weighed(MOST_BYTES)).toBe('8.00 MB of at most 8');
  expect(() => weighed(MOST_BYTES + 1)).toThrow(SingleFileError);
});

test('what would end a script or style early is written otherwise, and means the same', () => {
  const text = 'const a = "</script><SCRIPT></Script ><!-- </style>";';
  const safe = within('script', text);
  expect(safe).not.toMatch(/<\/script|<!--/i);
  expect(new Function(`${safe} return a;`)()).toBe('</script><SCRIPT></Script ><!-- </style>');
  expect(within('style', text)).not.toContain('</style');
  expect(within('style', text)).toContain('</script>');
});

test('characters that HTML changes are refused: the hash would no longer fit', () => {
  expect(() => within('script', 'a\r\nb')).toThrow(SingleFileError);
  expect(() => within('script', '\0')).toThrow(SingleFileError);
});
