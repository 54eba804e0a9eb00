/**
 * How WebLLM writes a chat as a prompt, by the `conv_template` of a model's mlc-chat-config.json: what to hand it so that
 * it writes what was meant, and what that costs in tokens.
 *
 * - It renders a system message, users, assistants and, where the template has it, tools. Templates of Qwen and SmolLM
 *   have no role for tools; their results go as they do to any such template (`chat-roles.ts`).
 * - It puts texts into templates by `String.replace`, where `$&` and its kin are instructions; there a dollar is doubled so
 *   that it stays one.
 * - A system message that is not the first is refused by it and goes from the user.
 * - It reads the whole prompt with all control tokens, so that whoever writes `<|im_end|>` in a message would end it. There
 *   a space of no width is put into such spellings; other providers never see tokens in them.
 * - Thoughts stay in earlier answers, which Qwen3's own template takes out of them: WebLLM's does not know the difference.
 */
import type { ChatCompletionMessageParam } from '@mlc-ai/web-llm';
import type { ChatMessage } from '../../agent/policy';
import { isJsonObject, type JsonObject } from '../../engine/model/json-file';
import { EVERY_ROLE, fitRoles } from '../chat-roles';
import { WebLlmError } from './web-llm-errors';

/** What Qwen3's template begins an answer with when thinking is off; WebLLM counts it as drawn. */
export const NO_THINKING = '<think>\n\n</think>\n\n';

type Speaker = 'user' | 'assistant' | 'tool';

export interface ChatFrame {
  /** With `{system_message}` in it. */
  readonly system: string;
  /** Null for who has no role. */
  readonly roles: Readonly<Record<Speaker, string | null>>;
  /** Whose texts are put into a template. */
  readonly templated: Readonly<Record<Speaker, boolean>>;
  /** Between a role and what it says; between a role and an answer to come. */
  readonly afterRole: string;
  readonly beforeAnswer: string;
  /** After each message, in turn. */
  readonly separators: readonly string[];
  /** Spellings of tokens that nobody may write in a message. */
  readonly control: readonly string[];
}

/**
 * @param control spellings of the tokenizer's control tokens
 * @throws WebLlmError for settings without a usable template
 */
export function readChatFrame(config: JsonObject, file: string, control: readonly string[] = []): ChatFrame {
  const template = config.conv_template;
  if (!isJsonObject(template)) {
    throw new WebLlmError('folder-layout', `${file} has no conv_template of its own.`);
  }
  const roles = isJsonObject(template.roles) ? template.roles : {};
  const role = (name: Speaker) => {
    const value = roles[name];
    return typeof value === 'string' ? value : null;
  };
  const separators = Array.isArray(template.seps)
    ? template.seps.filter((sep) => typeof sep === 'string')
    : [];
  if (role('user') === null || role('assistant') === null || separators.length === 0) {
    throw new WebLlmError(
      'folder-layout',
      `${file}: conv_template names no roles or no separator, so no chat can be written.`,
    );
  }
  const templates = isJsonObject(template.role_templates) ? template.role_templates : {};
  const templated = (name: Speaker) => typeof templates[name] === 'string';
  const text = (value: unknown, otherwise: string) => (typeof value === 'string' ? value : otherwise);
  return {
    system: text(template.system_template, '{system_message}'),
    roles: { user: role('user'), assistant: role('assistant'), tool: role('tool') },
    templated: {
      user: templated('user'),
      assistant: templated('assistant'),
      tool: templated('tool'),
    },
    // WebLLM's own defaults.
    afterRole: text(template.role_content_sep, ': '),
    beforeAnswer: text(template.role_empty_sep, ': '),
    separators,
    control,
  };
}

interface Turn {
  readonly role: 'system' | Speaker;
  readonly content: string;
}

function turnsOf(frame: ChatFrame, messages: readonly ChatMessage[]): readonly Turn[] {
  const fitted = fitRoles(messages, { ...EVERY_ROLE, tool: frame.roles.tool !== null });
  return fitted.map(({ role, content }, at) => ({
    role: role === 'system' && at > 0 ? 'user' : role,
    content: frame.control.reduce(harmless, content),
  }));
}

/** The text with a control token's spelling as letters; to the eye it is the same. */
function harmless(text: string, [first, ...rest]: string): string {
  return rest.length === 0 ? text : text.replaceAll(first + rest.join(''), `${first}\u200B${rest.join('')}`);
}

const plain = (content: string) => content.replaceAll('$', '$$$$');

/** @throws WebLlmError for a chat that ends with the assistant, which WebLLM does not go on with */
export function chatFor(
  frame: ChatFrame,
  messages: readonly ChatMessage[],
): readonly ChatCompletionMessageParam[] {
  const turns = turnsOf(frame, messages);
  const last = turns.at(-1)?.role;
  if (last !== 'user' && last !== 'tool') {
    throw new WebLlmError(
      'request',
      `WebLLM answers a user or a tool, and this prompt ends with ${last ?? 'nothing'}.`,
    );
  }
  return turns.map(({ role, content }): ChatCompletionMessageParam => {
    const text = role === 'system' || frame.templated[role] ? plain(content) : content;
    return role === 'tool' ? { role, content: text, tool_call_id: 'call' } : { role, content: text };
  });
}

/** What each message adds to the prompt. */
export function promptTexts(frame: ChatFrame, messages: readonly ChatMessage[]): readonly string[] {
  let spoken = 0;
  return turnsOf(frame, messages).map(({ role, content }) => {
    if (role === 'system') return frame.system.replace('{system_message}', plain(content));
    const separator = frame.separators[spoken++ % frame.separators.length];
    return `${frame.roles[role] ?? ''}${frame.afterRole}${content}${separator}`;
  });
}

/** What the answer begins with, as it is fed. */
export function answerHead(frame: ChatFrame, thinking: boolean | null): string {
  const role = frame.roles.assistant ?? '';
  return thinking === false ? role + frame.afterRole + NO_THINKING : role + frame.beforeAnswer;
}
