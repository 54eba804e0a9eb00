/**
 * System prompts. The bundled policy was trained with one short line, because every token of its window
 * counts and the protocol is in its weights. A larger model that was never trained on it has to be told:
 * `instructionPrompt` spells out protocol and tools from the same schemas that calls are checked against.
 *
 * It is written for models of 0.5 to 7 billion parameters, and small ones do what they are shown rather than what they
 * are told: so the form comes first, in one line each, and three whole steps come last, nearest to the reply. Their
 * words are of no task here, for a small model also repeats what it is shown.
 */
import { formatCompletion, type WritableAction } from './protocol';
import { TOOL_SCHEMAS } from './tool-schemas';

export const BUNDLED_SYSTEM_PROMPT = 'You manage your memory.';

/** A step to learn the form from: what came, and what is written then. */
export interface PromptExample {
  readonly seen: string;
  readonly think: string;
  readonly action: WritableAction;
}

/** Storing, looking up, answering. */
export const PROMPT_EXAMPLES: readonly PromptExample[] = [
  {
    seen: 'User: The spare key is under the third stone.',
    think: 'A fact that may be asked for later.',
    action: {
      kind: 'tool-calls',
      calls: [{ name: 'Add_memory', arguments: { content: 'The spare key is under the third stone.' } }],
    },
  },
  {
    seen: 'User: Where is the spare key?',
    think: 'I have to look it up.',
    action: {
      kind: 'tool-calls',
      calls: [{ name: 'Retrieve_memory', arguments: { query: 'Where is the spare key?', top_k: 3 } }],
    },
  },
  {
    seen: 'Tool: m1: The spare key is under the third stone.',
    think: 'Entry m1 says it.',
    action: { kind: 'answer', text: 'under the third stone' },
  },
];

/** For models that know neither the protocol nor the tools. About 880 tokens. */
export function instructionPrompt(): string {
  const tools = Object.values(TOOL_SCHEMAS).map((schema) => JSON.stringify(schema.function));
  return [
    'You are an assistant that manages its own memory.',
    'Each reply is your reasoning and then exactly one of two things, and nothing outside the tags:',
    '<think>short reasoning</think><tool_call>[list of calls]</tool_call>',
    '<think>short reasoning</think><answer>your words to the user</answer>',
    'A call is {"name": …, "arguments": {…}}; several in a list run in order, and their results come in the next message.',
    '',
    'What you see is your context. It is emptied between parts of the conversation, without warning; long-term memory stays.',
    '- You are told a fact: store it as an entry that is complete in itself. A fact that has changed: update its entry by the id before it ("m1: …").',
    '- Small talk, or what is off the subject: store nothing. Filter it out of the context, or answer "ok".',
    '- You are asked: if the context does not hold the answer, retrieve it; then answer with the answer alone.',
    '',
    'Tools, each as a JSON schema:',
    ...tools,
    '',
    'Examples:',
    ...PROMPT_EXAMPLES.map(({ seen, think, action }) => `${seen}\n${formatCompletion(think, action)}`),
  ].join('\n');
}
