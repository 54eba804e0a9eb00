import { describe, expect, it } from 'vitest';
import { Arguments, UsageError } from './arguments';

const specs = {
  steps: { type: 'string', help: 'steps', default: '20' },
  json: { type: 'boolean', help: 'lines of JSON' },
  split: { type: 'string', help: 'split' },
} as const;

const parse = (...args: string[]) => {
  const parsed = Arguments.parse(args, 'test', specs);
  if (!parsed) throw new Error('help was printed');
  return parsed;
};

describe('command-line options', () => {
  it('reads values, flags and defaults, with or without the separator', () => {
    const args = parse('--', '--json', '--steps', '3');
    expect(args.whole('steps', 1)).toBe(3);
    expect(args.has('json')).toBe(true);
    expect(parse().whole('steps')).toBe(20);
  });

  it('refuses what it does not know, in words', () => {
    expect(() => parse('--stepz', '3')).toThrow(UsageError);
    expect(() => parse('--steps', '1.5').whole('steps')).toThrow(/whole number/);
    expect(() => parse('--steps', '0').whole('steps', 1)).toThrow(/at least 1/);
    expect(() => parse('--split', 'x').choice('split', ['train', 'evaluation'])).toThrow(/train, evaluation/);
  });
});
