/**
 * Messages of an episode, fitted to what a chat template takes. An episode has the roles system, user, assistant and
 * tool in any order: several users in a row, tool results without a call that a template could show, and, since
 * messages can be filtered away, an assistant first. Templates differ in what they make of that: some raise an error,
 * some render a role that the model has never seen. What a template can do is found out once, by trying.
 *
 *   no tool role      results become a user's message in `<tool_response>` tags, as Qwen writes them
 *   alternation       neighbours of one role are joined by an empty line; where no user has spoken, or an assistant
 *                     would speak first, comes a user's note that what was said before is gone
 *   no system role    the system's words stand before the first user's, an empty line between
 */
import type { ChatMessage } from '../agent/policy';

/** What a template can do with roles. */
export interface RoleSupport {
  readonly system: boolean;
  readonly tool: boolean;
  /** Takes neighbours of the same role, an assistant who speaks first, and nobody who asks. */
  readonly anyOrder: boolean;
}

export const EVERY_ROLE: RoleSupport = { system: true, tool: true, anyOrder: true };

/** Stands for messages that were taken out of the context. */
const NOTE_OF_GAP = '(Earlier messages are gone.)';

/**
 * Finds out by rendering small conversations.
 * @param renders whether the template takes these messages
 * @param knowsTool whether a tool's message is marked as such for the model; the rendering alone does not tell
 */
export function rolesOf(
  renders: (messages: readonly ChatMessage[]) => boolean,
  knowsTool: boolean,
): RoleSupport {
  const [system, user, assistant, tool] = (['system', 'user', 'assistant', 'tool'] as const).map(
    (role): ChatMessage => ({ role, content: `(${role})` }),
  );
  const takesSystem = renders([system, user]);
  const orders = [
    [user, user, assistant, assistant, user],
    [assistant, user],
    [assistant],
    // Some tell the system's words with the newest user's only.
    ...(takesSystem ? [[system], [system, assistant]] : []),
  ];
  const anyOrder = orders.every(renders);
  return {
    system: takesSystem,
    tool: knowsTool && [[user, assistant, tool], [tool, tool, user], [tool]].every(renders),
    anyOrder,
  };
}

/** The messages as such a template takes them; the same array where it takes everything. */
export function fitRoles(messages: readonly ChatMessage[], support: RoleSupport): readonly ChatMessage[] {
  if (support.system && support.tool && support.anyOrder) return messages;
  const asked = support.anyOrder ? messages : withUser(messages);
  // A tool's turn between others would have a place of its own, which nobody knows.
  const mapped = support.tool && support.anyOrder ? asked : asked.map(asUser);
  const placed = support.system ? mapped : withoutSystem(mapped);
  return support.anyOrder ? placed : alternating(placed);
}

/** A conversation in which nobody has asked begins with the note. */
function withUser(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  if (messages.some(({ role }) => role === 'user')) return messages;
  const first = messages.findIndex(({ role }) => role !== 'system');
  const at = first < 0 ? messages.length : first;
  return [...messages.slice(0, at), { role: 'user', content: NOTE_OF_GAP }, ...messages.slice(at)];
}

function asUser(message: ChatMessage): ChatMessage {
  if (message.role !== 'tool') return message;
  return { role: 'user', content: `<tool_response>\n${message.content}\n</tool_response>` };
}

function withoutSystem(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const words = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
  if (words.length === 0) return messages;
  const rest = messages.filter(({ role }) => role !== 'system');
  const first = rest.findIndex(({ role }) => role === 'user');
  const said = words.join('\n\n');
  // An assistant who speaks first is spoken to by the system.
  if (first !== 0) return [{ role: 'user', content: said }, ...rest];
  return [{ role: 'user', content: `${said}\n\n${rest[0].content}` }, ...rest.slice(1)];
}

function alternating(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const turns: ChatMessage[] = [];
  for (const message of messages) {
    const last = turns.at(-1);
    if (last?.role === message.role) {
      turns[turns.length - 1] = { role: last.role, content: `${last.content}\n\n${message.content}` };
      continue;
    }
    if (message.role === 'assistant' && (!last || last.role === 'system')) {
      turns.push({ role: 'user', content: NOTE_OF_GAP });
    }
    turns.push(message);
  }
  return turns;
}
