/**
 * System prompts. The bundled policy was trained with one short line, because every token of its window
 * counts and the protocol is in its weights. A larger model that was never trained on it has to be told:
 * `instructionPrompt` spells out protocol and tools from the same schemas that calls are checked against.
 */
import { TOOL_SCHEMAS } from './tool-schemas';

export const BUNDLED_SYSTEM_PROMPT = 'You manage your memory.';

/** For models that know neither the protocol nor the tools. About 700 tokens. */
export function instructionPrompt(): string {
  const tools = Object.values(TOOL_SCHEMAS).map((schema) => JSON.stringify(schema.function));
  return [
    'You are an assistant that manages its own memory.',
    'Long-term memory outlives the conversation; the context is what you see now and is emptied between parts of it.',
    'Store facts that will matter, correct entries that are out of date, and keep the context short and free of what is off the subject.',
    '',
    'Tools, each as a JSON schema:',
    ...tools,
    '',
    'Answer every turn with your reasoning and then exactly one of two things, and nothing outside the tags:',
    '<think>your reasoning</think><tool_call>[{"name": "tool name", "arguments": {}}]</tool_call>',
    '<think>your reasoning</think><answer>your reply</answer>',
    'A tool call may list several calls; they run in order. An answer closes the turn: while you are told things, a short acknowledgement; when you are asked, the answer alone.',
  ].join('\n');
}
