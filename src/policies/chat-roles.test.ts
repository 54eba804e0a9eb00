/** Whatever a template cannot take is put another way, and no word of the conversation is lost. */
import { describe, expect, it } from 'vitest';
import type { ChatMessage, ChatRole } from '../agent/policy';
import { seeded } from '../engine/model/test-text';
import { EVERY_ROLE, fitRoles, type RoleSupport, rolesOf } from './chat-roles';

const ROLES: readonly ChatRole[] = ['system', 'user', 'assistant', 'tool'];
const SUPPORTS: readonly RoleSupport[] = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => ({
  system: (bits & 1) !== 0,
  tool: (bits & 2) !== 0,
  anyOrder: (bits & 4) !== 0,
}));

function randomConversation(random: () => number): readonly ChatMessage[] {
  const system: ChatMessage[] = random() < 0.7 ? [{ role: 'system', content: '<0>' }] : [];
  const others = Array.from({ length: Math.floor(random() * 7) }, (_, i): ChatMessage => {
    const role = ROLES[1 + Math.floor(random() * 3)];
    return { role, content: `<${i + 1}>` };
  });
  return [...system, ...others];
}

describe('fitRoles', () => {
  it('keeps every word, in order, and asks for nothing that is not supported', () => {
    const random = seeded(9);
    for (let round = 0; round < 400; round++) {
      const messages = randomConversation(random);
      for (const support of SUPPORTS) {
        const fitted = fitRoles(messages, support);
        const said = fitted.map(({ content }) => content).join('\n');
        const words = said.match(/<\d>/g) ?? [];
        expect(words).toEqual(messages.map(({ content }) => content));
        const roles = fitted.map(({ role }) => role);
        if (!support.system) expect(roles).not.toContain('system');
        if (!support.tool || !support.anyOrder) expect(roles).not.toContain('tool');
        if (!support.anyOrder) {
          const turns = roles.filter((role, i) => role !== 'system' || i > 0);
          if (messages.length > 0) expect(turns[0]).toBe('user');
          turns.forEach((role, i) => {
            if (i > 0) expect(role).not.toBe(turns[i - 1]);
          });
        }
        expect(fitRoles(fitted, support)).toEqual(fitted);
      }
      expect(fitRoles(messages, EVERY_ROLE)).toBe(messages);
    }
  });

  it('joins what is told to an assistant, and puts the system first', () => {
    const messages: ChatMessage[] = [
      { role: 'system', content: 'Remember.' },
      { role: 'assistant', content: 'ok' },
      { role: 'tool', content: 'm1 added' },
      { role: 'user', content: 'And?' },
    ];
    expect(fitRoles(messages, { system: true, tool: false, anyOrder: false })).toEqual([
      messages[0],
      { role: 'user', content: '(Earlier messages are gone.)' },
      messages[1],
      { role: 'user', content: '<tool_response>\nm1 added\n</tool_response>\n\nAnd?' },
    ]);
    expect(fitRoles(messages, { system: false, tool: true, anyOrder: true })).toEqual([
      { role: 'user', content: 'Remember.' },
      ...messages.slice(1),
    ]);
  });
});

describe('rolesOf', () => {
  const order = (messages: readonly ChatMessage[]) => messages.map(({ role }) => role[0]).join('');

  it('tells what a template takes by what it renders', () => {
    expect(rolesOf(() => true, true)).toEqual(EVERY_ROLE);
    expect(rolesOf(() => true, false)).toEqual({ ...EVERY_ROLE, tool: false });
    const strict = (messages: readonly ChatMessage[]) => /^(ua)*u?$/.test(order(messages));
    expect(rolesOf(strict, true)).toEqual({ system: false, tool: false, anyOrder: false });
    const withSystem = (messages: readonly ChatMessage[]) => /^s?(ua)*u?$/.test(order(messages));
    expect(rolesOf(withSystem, true)).toEqual({ system: true, tool: false, anyOrder: false });
    // The system's words are told with a user's, and lost without one.
    const withUser = (messages: readonly ChatMessage[]) => !/^s[^u]*$/.test(order(messages));
    expect(rolesOf(withUser, true).anyOrder).toBe(false);
    const noTools = (messages: readonly ChatMessage[]) => !order(messages).includes('t');
    expect(rolesOf(noTools, true)).toEqual({ ...EVERY_ROLE, tool: false });
  });
});
