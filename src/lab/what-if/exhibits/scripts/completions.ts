/** Completions as the protocol writes them. */
export const call = (think: string, ...calls: readonly { name: string; arguments: object }[]): string =>
  `<think>${think}</think><tool_call>${JSON.stringify(calls)}</tool_call>`;
export const answer = (text: string, think = ''): string => `<think>${think}</think><answer>${text}</answer>`;
