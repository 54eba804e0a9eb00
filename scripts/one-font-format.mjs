/**
 * Of the three formats KaTeX names for each of its fonts, keeps the one that every browser of this site reads: a third of
 * the bytes to keep for use without a network, or to put into the single file.
 */
export function oneFontFormat() {
  return {
    name: 'one-font-format',
    enforce: 'pre',
    transform: (code, id) => (/[\\/]katex[^?]*\.css/.test(id) ? withoutOtherFormats(code) : null),
  };
}

/** A style sheet whose fonts name no source but WOFF2. */
export function withoutOtherFormats(css) {
  const kept = css.replace(/,\s*url\([^)]+\.(?:woff|ttf)\)\s*format\("(?:woff|truetype)"\)/g, '');
  if (/\.(?:woff|ttf)\)/.test(kept)) {
    throw new Error('KaTeX names its fonts in another way: mend scripts/one-font-format.mjs.');
  }
  return kept;
}
