/**
 * Sentence encoders that are offered by name. Any other in the layout of transformers.js can be opened from a folder;
 * these are the ones whose size, languages and licence (both Apache-2.0) are known beforehand.
 */
export interface KnownEncoder {
  /** On the hub, and of the folder below `encoders/` of a site that brings it along. */
  readonly name: string;
  /** The commit of the hub whose files are asked for: what was looked at, not what may stand there tomorrow. */
  readonly revision: string;
  readonly title: string;
  readonly what: string;
  readonly dimension: number;
  /** Of the int8 weights with the tokenizer, about. */
  readonly megabytes: number;
  /** BCP 47; undefined: all that theta is calibrated on. */
  readonly languages?: readonly string[];
}

export const KNOWN_ENCODERS: readonly KnownEncoder[] = [
  {
    name: 'Xenova/all-MiniLM-L6-v2',
    revision: '751bff37182d3f1213fa05d7196b954e230abad9',
    title: 'Meaning, English',
    what: 'What sentences mean, in English: finds what was said in other words.',
    dimension: 384,
    megabytes: 24,
    languages: ['en'],
  },
  {
    name: 'Xenova/paraphrase-multilingual-MiniLM-L12-v2',
    revision: '2c4055b12046f11709e9df2c122e59ffbdc2f900',
    title: 'Meaning, fifty languages',
    what: 'What sentences mean, across some fifty languages; five times as large.',
    dimension: 384,
    megabytes: 135,
  },
];

/** What of a model's repository on the hub is asked for: the commit that is known, else its newest state. */
export function revisionOf(name: string): string {
  return KNOWN_ENCODERS.find((encoder) => encoder.name === name)?.revision ?? 'main';
}
