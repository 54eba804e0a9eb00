/** What larger models are told is what is accepted of them. */
import { describe, expect, it } from 'vitest';
import { FIRST_NAMES, OBJECTS, TOWNS } from '../tasks/word-lists';
import { instructionPrompt, PROMPT_EXAMPLES } from './prompts';
import { formatCompletion, parseCompletion } from './protocol';
import { isStep } from './protocol-automaton';
import { checkCall, TOOL_SCHEMAS } from './tool-schemas';

const prompt = instructionPrompt();

describe('the instructions', () => {
  it('show steps that are read without a tolerance and pass the check', () => {
    const kinds = PROMPT_EXAMPLES.map(({ think, action }) => {
      const step = formatCompletion(think, action);
      expect(prompt).toContain(`\n${step}`);
      expect(isStep(step)).toBe(true);
      const parsed = parseCompletion(step);
      expect(parsed).toMatchObject({ kind: action.kind, think, tolerances: [] });
      if (parsed.kind !== 'tool-calls') return parsed.kind;
      for (const call of parsed.calls) expect(checkCall(call)).toMatchObject({ ok: true });
      return parsed.calls.map(({ name }) => name).join();
    });
    expect(kinds).toEqual(['Add_memory', 'Retrieve_memory', 'answer']);
  });

  it('hold the schema of every tool as it is checked', () => {
    for (const schema of Object.values(TOOL_SCHEMAS))
      expect(prompt).toContain(JSON.stringify(schema.function));
  });

  it('give nothing away: no word of theirs that tasks are made of', () => {
    const words = new Set(
      PROMPT_EXAMPLES.flatMap((example) => JSON.stringify(example).match(/\p{L}+/gu) ?? []),
    );
    for (const word of [...FIRST_NAMES, ...TOWNS, ...OBJECTS]) expect([...words]).not.toContain(word);
  });

  it('leave most of a small window to the conversation', () => {
    // 4.3 characters a token (cl100k_base, of which Qwen's pieces are made): under 900 tokens.
    expect(prompt.length).toBeLessThan(3850);
  });
});
