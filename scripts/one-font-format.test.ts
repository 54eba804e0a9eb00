import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './install.mjs';
import { withoutOtherFormats } from './one-font-format.mjs';

const sheet = readFileSync(join(root, 'node_modules/katex/dist/katex.min.css'), 'utf8');
const count = (css: string, word: string) => css.split(word).length - 1;

test('each font of KaTeX keeps exactly its WOFF2', () => {
  const kept = withoutOtherFormats(sheet);
  const fonts = count(sheet, '@font-face');
  expect(fonts).toBeGreaterThan(10);
  expect(count(kept, '@font-face')).toBe(fonts);
  expect(count(kept, 'url(')).toBe(fonts);
  expect(count(kept, '.woff2)')).toBe(fonts);
});

test('a font in a form that is not known stops the build', () => {
  expect(() => withoutOtherFormats('@font-face{src:url(a.woff)}')).toThrow('one-font-format.mjs');
});
