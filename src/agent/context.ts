/**
 * Short-term memory C: the list of messages a prompt is made of, with the tokens each costs. It only
 * keeps the list and says what tools may touch; what happens to it is decided by tools and episode.
 */
import type { ContextMessage, MessageOrigin, Stage } from './events';
import type { ChatMessage, ChatRole } from './policy';

export type CountTokens = (message: ChatMessage) => number;

export class ShortTermMemory {
  private readonly list: ContextMessage[] = [];
  private issued = 0;
  private total = 0;

  constructor(private readonly countTokens: CountTokens) {}

  get messages(): readonly ContextMessage[] {
    return this.list;
  }

  /** Tokens of all messages. */
  get tokens(): number {
    return this.total;
  }

  /** The id that the next message will get. */
  get nextId(): string {
    return `c${this.issued + 1}`;
  }

  /** Tokens a message would cost, without adding it. */
  cost(role: ChatRole, content: string): number {
    return this.countTokens({ role, content });
  }

  append(role: ChatRole, content: string, origin: MessageOrigin): ContextMessage {
    const id = this.nextId;
    const message: ContextMessage = { id, role, content, tokens: this.cost(role, content), origin };
    this.issued++;
    this.list.push(message);
    this.total += message.tokens;
    return message;
  }

  /** Removes the message; an id that is not there is a mistake of the caller. */
  remove(id: string): ContextMessage {
    const index = this.list.findIndex((message) => message.id === id);
    if (index < 0) throw new UnknownMessageError(id);
    const [message] = this.list.splice(index, 1);
    this.total -= message.tokens;
    return message;
  }

  /** Removes all but system messages and returns what was removed. */
  reset(): readonly ContextMessage[] {
    const removed = this.list.filter((message) => message.role !== 'system');
    for (const message of removed) this.remove(message.id);
    return removed;
  }
}

export class UnknownMessageError extends Error {
  override readonly name = 'UnknownMessageError';
  constructor(id: string) {
    super(`Short-term memory has no message ${id}. Take ids from its current messages.`);
  }
}

/**
 * Messages that Filter_context and Summary_context may remove, oldest first [D]: no system message, not
 * the query of stage 3, not the newest user message of stage 3 (in a world, the observation to act on),
 * and nothing of the step under way. In stages 1 and 2 the newest message may go: to drop a distractor
 * at once is the point of stage 2.
 */
export function removableMessages(
  messages: readonly ContextMessage[],
  stage: Stage,
  step: number,
): readonly ContextMessage[] {
  const newestUser = messages.findLast((message) => message.role === 'user');
  return messages.filter((message) => {
    if (message.role === 'system' || message.origin.kind === 'query') return false;
    if (stage === 3 && message === newestUser) return false;
    return !belongsToStep(message.origin, step);
  });
}

/** Introspection kept in C (call -1) came before the step's action and may be removed by it. */
function belongsToStep(origin: MessageOrigin, step: number): boolean {
  switch (origin.kind) {
    case 'assistant':
      return origin.step === step;
    case 'tool':
    case 'retrieval':
    case 'summary':
      return origin.step === step && origin.call >= 0;
    default:
      return false;
  }
}
