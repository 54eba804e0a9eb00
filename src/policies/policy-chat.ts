/**
 * A model's chat template as a policy uses it: messages of an episode in, ids of a prompt out, whatever the template
 * makes of roles and of thinking.
 *
 * The template's own section of tools is not used. It would teach another format for calls than the protocol's (Qwen:
 * one JSON object in each `<tool_call>`; Llama: bare JSON; many: none at all) and has no place for thoughts and
 * answers, so every model gets the protocol in the system prompt instead (`agent/prompts.ts`), the same text for all.
 *
 * Thoughts. Qwen3's template takes them out of what the assistant said before the last question, as its authors advise
 * for all of history. Where a template does so, they are left out of every earlier message: then a message costs the same
 * wherever it stands, and long thoughts fill neither the window nor the measure of the context. The log keeps them.
 * Where a template begins the reply itself (`<think>`, or thoughts that are empty) that opening is a part of the
 * completion's text, so it reads as a whole step.
 */
import type { ChatMessage } from '../agent/policy';
import { ModelFileError } from '../engine/errors';
import type { TokenConstraint } from '../engine/language-model';
import { type ChatTokenizer, openingOf } from '../engine/model/chat-template';
import { fitRoles, type RoleSupport, rolesOf } from './chat-roles';
import type { ChatCodec } from './engine-policy';
import { ProtocolConstraints, type ReplyLanguage } from './token-constraint';

const THINK_END = '</think>';

export interface PolicyChatOptions {
  /** Of templates that have a switch for it; null: left to the template. Default null. */
  readonly thinking?: boolean | null;
}

export class PolicyChat implements ChatCodec {
  readonly stopIds: readonly number[];
  /** What the template writes of the reply itself. */
  readonly opening: string;
  readonly roles: RoleSupport;
  /** Earlier thoughts are not shown to the model. */
  readonly dropsThoughts: boolean;
  private readonly thinking: { readonly thinking?: boolean };
  private readonly constraints: ProtocolConstraints;
  /** Tokens around a content; undefined where a prompt is the sum of its messages, each encoded alone. */
  private readonly frames: { readonly tool: number; readonly other: number } | undefined;

  /** @throws ModelFileError `chat-template-render` for a template that takes no conversation at all */
  constructor(
    readonly chat: ChatTokenizer,
    options: PolicyChatOptions = {},
  ) {
    const { thinking = null } = options;
    this.thinking = thinking === null ? {} : { thinking };
    this.stopIds = chat.stopIds;
    this.constraints = new ProtocolConstraints(chat.tokenizer, chat.stopIds);
    this.roles = rolesOf((messages) => this.renders(messages), this.knowsTool());
    this.dropsThoughts = this.losesThoughts();
    this.opening = openingOf(chat.template, this.thinking);
    this.frames = this.isAdditive() ? undefined : this.measureFrames();
  }

  encodeChat(messages: readonly ChatMessage[], options: { readonly addGenerationPrompt: boolean }): number[] {
    const shown = this.dropsThoughts ? messages.map(withoutThoughts) : messages;
    return this.chat.encodeChat(fitRoles(shown, this.roles), { ...options, ...this.thinking });
  }

  /** Exact where messages add up; else its content and what the template puts around one, which is near. */
  countTokens(message: ChatMessage): number {
    if (!this.frames) return this.encodeChat([message], { addGenerationPrompt: false }).length;
    const frame = message.role === 'tool' ? this.frames.tool : this.frames.other;
    const { content } = this.dropsThoughts ? withoutThoughts(message) : message;
    return frame + this.chat.tokenizer.encode(content, 'content').length;
  }

  decode(ids: readonly number[]): string {
    return this.chat.decode(ids);
  }

  tokenText(id: number): string {
    return this.chat.tokenText(id);
  }

  /** Only completions that follow the protocol, or only scores. @throws ProtocolOpeningError, ScoreOpeningError */
  constraint(language: ReplyLanguage = 'step'): TokenConstraint {
    return this.constraints.open(this.opening, language);
  }

  private renders(messages: readonly ChatMessage[]): boolean {
    try {
      const text = this.chat.template.render(messages, { addGenerationPrompt: true, ...this.thinking });
      // One that drops messages in silence has not taken them.
      return messages.every(({ content }) => text.includes(content));
    } catch (error) {
      if (error instanceof ModelFileError) return false;
      throw error;
    }
  }

  private losesThoughts(): boolean {
    const messages = (['user', 'assistant', 'user'] as const).map(
      (role): ChatMessage => ({
        role,
        content: role === 'user' ? '(user)' : '<think>(thought)</think>(word)',
      }),
    );
    try {
      const text = this.chat.template.render(messages, { addGenerationPrompt: true, ...this.thinking });
      return text.includes('(word)') && !text.includes('(thought)');
    } catch (error) {
      if (error instanceof ModelFileError) return false;
      throw error;
    }
  }

  /** A role that the template names, or marks by a token that the tokenizer has for it. */
  private knowsTool(): boolean {
    const { template, tokenizer } = this.chat;
    if (template.namesToolRole) return true;
    const added = new Set(tokenizer.addedTokens.map(({ id }) => id));
    const marks = (role: 'user' | 'tool') => {
      const messages = [{ role, content: '.' }];
      if (!this.renders(messages)) return '';
      const ids = this.chat.encodeChat(messages, { addGenerationPrompt: false });
      return ids.filter((id) => added.has(id)).join(' ');
    };
    return marks('tool') !== marks('user');
  }

  private isAdditive(): boolean {
    const messages = (['system', 'user', 'assistant', 'tool', 'user'] as const).map(
      (role): ChatMessage => ({ role, content: `${role}.` }),
    );
    if (!this.roles.system || !this.roles.tool || !this.roles.anyOrder) return false;
    if (!messages.every((message) => this.renders([message]))) return false;
    const length = (some: readonly ChatMessage[]) =>
      this.encodeChat(some, { addGenerationPrompt: false }).length;
    return length(messages) === messages.reduce((sum, message) => sum + length([message]), 0);
  }

  /** What messages cost beyond their contents, in the middle of a conversation. */
  private measureFrames(): { readonly tool: number; readonly other: number } {
    const [user, assistant, tool] = (['user', 'assistant', 'tool'] as const).map(
      (role): ChatMessage => ({ role, content: 'a' }),
    );
    const length = (...messages: readonly ChatMessage[]) =>
      this.encodeChat(messages, { addGenerationPrompt: false }).length;
    const content = this.chat.tokenizer.encode('a').length;
    const pair = length(user, assistant, user, assistant, user) - length(user, assistant, user);
    // After an assistant, whose turn ends there, so that it opens one of its own.
    const result = length(user, assistant, tool, assistant, user) - length(user, assistant, user);
    const other = Math.ceil(pair / 2) - content;
    return { tool: Math.max(other, result - other - 2 * content), other };
  }
}

/** What the assistant did; as it was where its thoughts have no end. */
function withoutThoughts(message: ChatMessage): ChatMessage {
  const { role, content } = message;
  const end = content.indexOf(THINK_END);
  if (role !== 'assistant' || end < 0 || !content.trimStart().startsWith('<think>')) return message;
  return { role, content: content.slice(end + THINK_END.length).trimStart() };
}
