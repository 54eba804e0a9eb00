/** The printed grammar, read by a reader that knows nothing of patterns, says what the automaton says. */
import { describe, expect, it } from 'vitest';
import { seeded } from '../engine/model/test-text';
import { GrammarClassError, GrammarRuleError, grammarText } from './grammar/ebnf';
import { readGrammar } from './grammar/ebnf-reader.fixture';
import { anyBut, oneOf, optional, repeated, rule, sequence, text } from './grammar/pattern';
import { randomTextOf } from './grammar/random-text.fixture';
import { isStep, ProtocolOpeningError } from './protocol-automaton';
import { protocolGrammar } from './protocol-grammar';
import { PROTOCOL_LANGUAGE } from './protocol-language';
import { TOOL_NAMES } from './tool-schemas';

describe('grammarText', () => {
  it('prints what XGrammar reads', () => {
    const name = rule('name', sequence('"', repeated(oneOf([0x61, 0x7a], '-^')), '"'));
    expect(grammarText(sequence(name, optional(sequence(', ', name)), repeated(text('\\'), 2)))).toBe(
      'root ::= name (", " name)? ("\\\\" "\\\\"?)?\n' + 'name ::= "\\"" [\\-\\^a-z]* "\\""\n',
    );
    const twice = sequence(rule('a', text('x')), rule('a', text('y')));
    expect(() => grammarText(twice)).toThrow(GrammarRuleError);
    expect(grammarText(anyBut('é"'))).toBe('root ::= [^\\"]\n');
    expect(() => grammarText(oneOf('é'))).toThrow(GrammarClassError);
  });
});

describe('the grammar of the protocol', () => {
  it('accepts what the automaton accepts', () => {
    const grammar = readGrammar(protocolGrammar());
    const random = seeded(5);
    const pieces = [...' "\\{}[],:0159m<>/\n\u3000', '</think>', '\\u0020', 'true', '51', '<answer>'];
    let accepted = 0;
    const rounds = process.env.SOAK === undefined ? 400 : 10_000;
    for (let round = 0; round < rounds; round++) {
      const chars = [...randomTextOf(PROTOCOL_LANGUAGE.whole, random)];
      if (round % 2 === 1) {
        const piece = random() < 0.3 ? [] : [...pieces[Math.floor(random() * pieces.length)]];
        chars.splice(Math.floor(random() * (chars.length + 1)), Math.floor(random() * 3), ...piece);
      }
      const sample = chars.join('');
      const expected = isStep(sample);
      const found = grammar.accepts(sample);
      if (found && !expected) {
        // The one difference: white space that no class of XGrammar's can keep out.
        expect([sample, isStep(sample.replace(/\P{ASCII}/gu, 'x'))]).toEqual([sample, true]);
        expect(sample).toMatch(/"[\u00a0\u1680\u2000-\u3000\ufeff]/);
      } else expect([sample, found]).toEqual([sample, expected]);
      if (expected) accepted++;
    }
    expect(accepted).toBeGreaterThan(rounds / 2);
    expect(accepted).toBeLessThan(rounds);
  });

  it('goes on from what the chat template has written', () => {
    const after = '<answer>Oslo</answer>';
    expect(readGrammar(protocolGrammar('<think>\n')).accepts(`so</think>${after}`)).toBe(true);
    expect(readGrammar(protocolGrammar('<think>\n')).accepts(after)).toBe(false);
    expect(readGrammar(protocolGrammar('<think>\n\n</think>\n\n')).accepts(after)).toBe(true);
    for (const opening of ['Sure', '<thi', '<think></think><answer>']) {
      expect(() => protocolGrammar(opening)).toThrow(ProtocolOpeningError);
    }
  });

  it('is small enough to send, and names every tool', () => {
    const grammar = protocolGrammar();
    expect(grammar.length).toBeLessThan(8000);
    for (const tool of TOOL_NAMES) expect(grammar).toContain(`\\"${tool}\\"`);
  });
});
