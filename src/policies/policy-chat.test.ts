/** What real templates do to an episode's messages, with templates of our own that do the same. */
import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../agent/policy';
import { parseCompletion } from '../agent/protocol';
import { TOOL_SCHEMAS } from '../agent/tool-schemas';
import { trainByteLevelBpe } from '../engine/model/bpe-trainer';
import { ChatTemplate, ChatTokenizer } from '../engine/model/chat-template';
import { readTokenizer } from '../engine/model/tokenizer';
import { BUNDLED_ADDED_TOKENS, BUNDLED_CHAT_TEMPLATE, BUNDLED_STOP_TOKEN } from './bundled-chat';
import {
  ALWAYS_THINKING,
  ANY_ROLE,
  DEAF,
  FOREIGN_TOKENIZER,
  foreignChat,
  STRICT,
  THINKING,
  WITH_TOOLS,
} from './foreign-chat.fixture';
import { PolicyChat, type PolicyChatOptions } from './policy-chat';

const STEP = '<think>new</think><tool_call>[{"name":"Add_memory","arguments":{"content":"x"}}]</tool_call>';
const ACTION = STEP.slice(STEP.indexOf('<tool_call>'));
/** As an episode has it: two results, an answer, the next message, and a question. */
const EPISODE: readonly ChatMessage[] = [
  { role: 'system', content: 'Use your memory.' },
  { role: 'user', content: 'Mira lives in Oslo.' },
  { role: 'assistant', content: STEP },
  { role: 'tool', content: 'm1 added' },
  { role: 'tool', content: 'm2 added' },
  { role: 'user', content: 'And Tom?' },
];

const rendered = (template: string, messages: readonly ChatMessage[], options?: PolicyChatOptions) => {
  const chat = new PolicyChat(foreignChat(template), options);
  return FOREIGN_TOKENIZER.decode(chat.encodeChat(messages, { addGenerationPrompt: true }));
};

describe('an episode in a template', () => {
  it('that takes any role: results come as a user speaks, since no model was taught the other', () => {
    const chat = new PolicyChat(foreignChat(ANY_ROLE));
    expect(chat.roles).toEqual({ system: true, tool: false, anyOrder: true });
    expect(rendered(ANY_ROLE, EPISODE)).toContain(
      '<|im_start|>user\n<tool_response>\nm1 added\n</tool_response><|im_end|>\n',
    );
    expect(rendered(ANY_ROLE, EPISODE)).not.toContain('<|im_start|>tool');
  });

  it('that knows tools: it renders their results itself, without its section of tools', () => {
    expect(new PolicyChat(foreignChat(WITH_TOOLS)).roles.tool).toBe(true);
    expect(rendered(WITH_TOOLS, EPISODE)).toBe(
      '<|im_start|>system\nUse your memory.<|im_end|>\n<|im_start|>user\nMira lives in Oslo.<|im_end|>\n' +
        `<|im_start|>assistant\n${STEP}<|im_end|>\n` +
        '<|im_start|>user\n<tool_response>\nm1 added\n</tool_response>\n<tool_response>\nm2 added\n</tool_response><|im_end|>\n' +
        '<|im_start|>user\nAnd Tom?<|im_end|>\n<|im_start|>assistant\n',
    );
  });

  it('that is strict: turns are joined, and the system speaks through the user', () => {
    const chat = new PolicyChat(foreignChat(STRICT));
    expect(chat.roles).toEqual({ system: false, tool: false, anyOrder: false });
    expect(rendered(STRICT, EPISODE)).toBe(
      '<|im_start|>user\nUse your memory.\n\nMira lives in Oslo.<|im_end|>\n' +
        `<|im_start|>assistant\n${STEP}<|im_end|>\n` +
        '<|im_start|>user\n<tool_response>\nm1 added\n</tool_response>\n\n<tool_response>\nm2 added\n</tool_response>\n\nAnd Tom?<|im_end|>\n' +
        '<|im_start|>assistant\n',
    );
    // After the context was filtered: nobody has asked, or nobody but the system has spoken.
    for (const messages of [
      [EPISODE[0], ...EPISODE.slice(2, 4)],
      EPISODE.slice(2, 5),
      EPISODE.slice(0, 1),
      EPISODE.slice(3, 4),
    ]) {
      expect(rendered(STRICT, messages)).toContain('(Earlier messages are gone.)');
    }
  });

  it('that loses the system’s words: they are given to the user', () => {
    expect(new PolicyChat(foreignChat(DEAF)).roles.system).toBe(false);
    expect(rendered(DEAF, EPISODE)).toContain('<|im_start|>user\nUse your memory.\n\nMira lives in Oslo.');
  });
});

describe('thinking', () => {
  it('is switched where the template has a switch', () => {
    const { template } = foreignChat(THINKING);
    expect([template.knowsThinking, template.knowsTools]).toEqual([true, true]);
    expect(foreignChat(ANY_ROLE).template.knowsThinking).toBe(false);
    expect(foreignChat(ANY_ROLE).template.knowsTools).toBe(false);
    const end = (thinking: boolean | null) =>
      rendered(THINKING, EPISODE, { thinking }).split('assistant\n').at(-1);
    expect(end(null)).toBe('');
    expect(end(true)).toBe('');
    expect(end(false)).toBe('<think>\n\n</think>\n\n');
    expect(rendered(ANY_ROLE, EPISODE, { thinking: false })).toBe(rendered(ANY_ROLE, EPISODE));
  });

  it('of earlier steps is left out where the template does so before the last question, and counts nothing', () => {
    const chat = new PolicyChat(foreignChat(THINKING));
    expect(chat.dropsThoughts).toBe(true);
    expect(new PolicyChat(foreignChat(WITH_TOOLS)).dropsThoughts).toBe(false);
    expect(rendered(THINKING, EPISODE)).toContain(`<|im_start|>assistant\n${ACTION}<|im_end|>`);
    // In a chain of calls too, where the template would keep it.
    const chain = rendered(THINKING, EPISODE.slice(0, 5));
    expect(chain).toContain(`${ACTION}<|im_end|>`);
    expect(chain).not.toContain('new');
    const step = (think: string): ChatMessage => ({ role: 'assistant', content: STEP.replace('new', think) });
    expect(chat.countTokens(step('a long thought '.repeat(50)))).toBe(chat.countTokens(step('')));
    // One that never came to an end is all there is of its step.
    const cut: ChatMessage = { role: 'assistant', content: '<think>and so on' };
    expect(rendered(THINKING, [...EPISODE.slice(0, 2), cut, EPISODE[5]])).toContain('and so on');
  });

  it.each([
    [THINKING, true, '', '<think>so</think><answer>Oslo</answer>', 'so'],
    [THINKING, false, '<think>\n\n</think>\n\n', '<answer>Oslo</answer>', ''],
    [ALWAYS_THINKING, null, '<think>\n', 'so\n</think>\n\n<answer>Oslo</answer>', 'so'],
  ] as const)(
    '%#: what the template has begun is a part of the step',
    (template, thinking, opening, said, think) => {
      const chat = new PolicyChat(foreignChat(template), { thinking });
      expect(chat.opening).toBe(opening);
      expect(parseCompletion(chat.opening + said)).toEqual({
        kind: 'answer',
        think,
        text: 'Oslo',
        tolerances: [],
      });
      const constraint = chat.constraint();
      for (const id of FOREIGN_TOKENIZER.encode(said, 'content')) {
        expect([id, constraint.allows(id)]).toEqual([id, true]);
        expect(constraint.allows(chat.stopIds[0])).toBe(false);
        constraint.accept(id);
      }
      expect(chat.stopIds.map((id) => constraint.allows(id))).toEqual([true, true]);
      expect(constraint.allows(FOREIGN_TOKENIZER.encode('<')[0])).toBe(false);
    },
  );
});

describe('the template’s own section of tools', () => {
  it('is there for who asks, and a policy does not', () => {
    const { template } = foreignChat(WITH_TOOLS);
    const options = { addGenerationPrompt: true, tools: Object.values(TOOL_SCHEMAS) };
    expect(template.render(EPISODE, options)).toContain('Functions:\n{"type": "function"');
    expect(rendered(WITH_TOOLS, EPISODE)).not.toContain('Functions:');
  });
});

describe('tokens of a message', () => {
  it.each([
    ['any role', ANY_ROLE],
    ['tools', WITH_TOOLS],
    ['thinking', THINKING],
    ['strict', STRICT],
  ])('add up to about the prompt: %s', (_, template) => {
    const chat = new PolicyChat(foreignChat(template));
    const sum = EPISODE.reduce((total, message) => total + chat.countTokens(message), 0);
    const prompt = chat.encodeChat(EPISODE, { addGenerationPrompt: false }).length;
    // Never much less: a context that is thought to fit must fit.
    expect(sum).toBeGreaterThanOrEqual(prompt - 2);
    expect(sum).toBeLessThanOrEqual(1.35 * prompt);
  });

  it('are exact for the bundled format, whose prompts are not changed at all', () => {
    const trained = trainByteLevelBpe(Array(20).fill('Mira lives in Oslo.'), {
      vocabSize: 300,
      addedTokens: BUNDLED_ADDED_TOKENS,
    });
    const tokenizer = readTokenizer(new TextEncoder().encode(JSON.stringify(trained)));
    const plain = new ChatTokenizer(tokenizer, new ChatTemplate(BUNDLED_CHAT_TEMPLATE), [BUNDLED_STOP_TOKEN]);
    const chat = new PolicyChat(plain, { thinking: true });
    expect(chat.opening).toBe('');
    const options = { addGenerationPrompt: true };
    expect(chat.encodeChat(EPISODE, options)).toEqual(plain.encodeChat(EPISODE, options));
    const sum = EPISODE.reduce((total, message) => total + chat.countTokens(message), 0);
    expect(sum).toBe(plain.encodeChat(EPISODE, { addGenerationPrompt: false }).length);
  });
});
