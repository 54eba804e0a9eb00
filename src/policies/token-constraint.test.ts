/** The protocol in tokens: whatever a tokenizer makes of it, and down to the bytes of a character. */
import { describe, expect, it } from 'vitest';
import { parseCompletion } from '../agent/protocol';
import { isStep } from '../agent/protocol-automaton';
import { checkCall } from '../agent/tool-schemas';
import { drawOnHost } from '../engine/model/host-sampling';
import { seeded } from '../engine/model/test-text';
import { FOREIGN_TOKENIZER, foreignChat, THINKING } from './foreign-chat.fixture';
import { PolicyChat } from './policy-chat';
import { ProtocolConstraints } from './token-constraint';

const chat = foreignChat(THINKING);
const constraints = new ProtocolConstraints(FOREIGN_TOKENIZER, chat.stopIds);
const id = (token: string) => {
  const found = FOREIGN_TOKENIZER.idOf(token);
  if (found === undefined) throw new Error(`no token ${token}`);
  return found;
};

function written(text: string) {
  const constraint = constraints.open('');
  for (const token of FOREIGN_TOKENIZER.encode(text, 'content')) {
    expect(constraint.allows(token)).toBe(true);
    constraint.accept(token);
  }
  return constraint;
}

describe('a token', () => {
  it('may be a tag or the beginning of one', () => {
    const start = constraints.open('');
    expect(start.allows(id('<think>'))).toBe(true);
    expect(start.allows(id('<'))).toBe(true);
    expect(start.allows(id('</think>'))).toBe(false);
    expect(start.allows(id('<tool_call>'))).toBe(false);
  });

  it('that controls turns never comes within a step, though its letters would be text', () => {
    const thinking = written('<think>so');
    expect(thinking.allows(id('<|im_start|>'))).toBe(false);
    expect(thinking.allows(id('<|im_end|>'))).toBe(false);
    expect(thinking.allows(id('<'))).toBe(true);
    expect(written('<think>').allows(FOREIGN_TOKENIZER.vocabSize + 5)).toBe(false);
  });

  it('may cut a character, and only bytes that complete it follow', () => {
    const [first, second, third] = new TextEncoder().encode('東');
    const bytes = [first, second, third].map((byte) => {
      for (let token = 0; token < FOREIGN_TOKENIZER.vocabSize; token++) {
        const own = FOREIGN_TOKENIZER.tokenBytes(token);
        if (own.length === 1 && own[0] === byte) return token;
      }
      throw new Error(`no token for byte ${byte}`);
    });
    const constraint = written('<think></think><answer>');
    constraint.accept(bytes[0]);
    expect(constraint.allows(id('a'))).toBe(false);
    expect(constraint.allows(bytes[0])).toBe(false);
    constraint.accept(bytes[1]);
    constraint.accept(bytes[2]);
    expect(constraint.allows(id('a'))).toBe(true);
  });

  it('ends a step where the step is whole, and nothing else comes then', () => {
    const done = written('<think></think><answer>Oslo</answer>');
    const allowed = Array.from({ length: FOREIGN_TOKENIZER.vocabSize }, (_, token) => token).filter((token) =>
      done.allows(token),
    );
    expect(allowed.sort()).toEqual([...chat.stopIds].sort());
  });
});

describe('a model that knows nothing', () => {
  it('writes steps that are read and checked, whatever it draws', () => {
    const policyChat = new PolicyChat(chat);
    const random = seeded(12);
    const kinds = new Set<string>();
    let whole = 0;
    for (let round = 0; round < 40; round++) {
      const constraint = policyChat.constraint();
      const ids: number[] = [];
      for (let index = 0; index < 400; index++) {
        const logits = Float32Array.from({ length: FOREIGN_TOKENIZER.vocabSize + 8 }, () => 4 * random());
        // A liking for ends, or it would think for ever.
        for (const token of ['</think>', '</tool_call>', '>', '"', '}', ']', '/']) logits[id(token)] += 3;
        const drawn = drawOnHost(logits, { temperature: 1, topP: 1, seed: round, index, constraint });
        if (policyChat.stopIds.includes(drawn.id)) {
          whole++;
          const text = policyChat.decode(ids);
          expect([text, isStep(text)]).toEqual([text, true]);
          const action = parseCompletion(text);
          kinds.add(action.kind);
          if (action.kind === 'tool-calls') {
            for (const call of action.calls) expect(checkCall(call)).toMatchObject({ ok: true });
          }
          break;
        }
        ids.push(drawn.id);
      }
    }
    expect(whole).toBeGreaterThan(10);
    expect(kinds).toContain('tool-calls');
    expect(kinds).not.toContain('protocol-error');
  });
});
