/**
 * The six tools as JSON schemas: the paper's names and arguments (App. A.1), the wording ours. Prompts
 * of larger models and the page show them; `checkArguments` holds calls against them, so what is shown
 * and what is accepted cannot drift apart.
 */
import type { JsonValue } from '../memory/memory';
import type { RequestedCall, ToolCall, ToolName } from './events';

export type ArgumentType = 'string' | 'integer' | 'boolean' | 'object';

export interface ArgumentSchema {
  readonly type: ArgumentType;
  readonly description: string;
  readonly default?: JsonValue;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
}

/** OpenAI's function format, which Hugging Face chat templates take as `tools`. */
export interface ToolSchema {
  readonly type: 'function';
  readonly function: {
    readonly name: ToolName;
    readonly description: string;
    readonly parameters: {
      readonly type: 'object';
      readonly properties: Readonly<Record<string, ArgumentSchema>>;
      readonly required: readonly string[];
    };
  };
}

export const DEFAULT_TOP_K = 3;
export const MAX_TOP_K = 50;

const METADATA: ArgumentSchema = {
  type: 'object',
  description: 'Labels of your own, for example {"topic": "travel"}.',
};

function tool(
  name: ToolName,
  description: string,
  properties: Readonly<Record<string, ArgumentSchema>>,
  required: readonly string[],
): ToolSchema {
  return {
    type: 'function',
    function: { name, description, parameters: { type: 'object', properties, required } },
  };
}

export const TOOL_SCHEMAS: Readonly<Record<ToolName, ToolSchema>> = {
  Add_memory: tool(
    'Add_memory',
    'Write a new entry into long-term memory. Use it for facts that will matter later.',
    {
      content: { type: 'string', minLength: 1, description: 'What to remember, complete in itself.' },
      metadata: METADATA,
      memory_type: { type: 'string', description: 'Kind of entry, for example "fact" or "preference".' },
    },
    ['content'],
  ),
  Update_memory: tool(
    'Update_memory',
    'Replace the content of an entry of long-term memory that is out of date.',
    {
      memory_id: { type: 'string', minLength: 1, description: 'Id of the entry, for example "m1".' },
      content: { type: 'string', minLength: 1, description: 'The new content, complete in itself.' },
      metadata: { ...METADATA, description: 'Labels to add or change; others stay.' },
    },
    ['memory_id', 'content'],
  ),
  Delete_memory: tool(
    'Delete_memory',
    'Remove an entry of long-term memory that is wrong or of no use.',
    {
      memory_id: { type: 'string', minLength: 1, description: 'Id of the entry, for example "m1".' },
      confirmation: { type: 'boolean', description: 'Must be true.' },
    },
    ['memory_id', 'confirmation'],
  ),
  Retrieve_memory: tool(
    'Retrieve_memory',
    'Look up the entries of long-term memory that are closest to a query; they are put into the context.',
    {
      query: { type: 'string', minLength: 1, description: 'What to look for.' },
      top_k: {
        type: 'integer',
        minimum: 1,
        maximum: MAX_TOP_K,
        default: DEFAULT_TOP_K,
        description: 'At most this many entries.',
      },
      metadata_filter: { type: 'object', description: 'Only entries that have all of these labels.' },
    },
    ['query'],
  ),
  Summary_context: tool(
    'Summary_context',
    'Replace messages of the context by one short summary.',
    {
      span: {
        type: 'string',
        minLength: 1,
        description: '"all", or how many of the latest messages, for example "4".',
      },
    },
    ['span'],
  ),
  Filter_context: tool(
    'Filter_context',
    'Remove the messages of the context that are about the given subject.',
    {
      criteria: { type: 'string', minLength: 1, description: 'What the messages to remove are about.' },
    },
    ['criteria'],
  ),
};

export const TOOL_NAMES = Object.keys(TOOL_SCHEMAS) as readonly ToolName[];

export type ArgumentErrorCode =
  | 'unknown-tool'
  | 'missing-argument'
  | 'unknown-argument'
  | 'ill-typed-argument'
  | 'not-confirmed'
  | 'bad-span';

export type CheckedCall =
  | { readonly ok: true; readonly call: ToolCall }
  | { readonly ok: false; readonly code: ArgumentErrorCode; readonly message: string };

/** Longest piece of a policy's own text that an error message repeats, in characters. */
const QUOTED = 32;

/** Whether a call names a tool and fits its schema; if not, what is wrong in words for the policy. */
export function checkCall(requested: RequestedCall): CheckedCall {
  const { name } = requested;
  if (!isToolName(name)) return refuse('unknown-tool', `no tool ${clip(name)}`);
  const { properties, required } = TOOL_SCHEMAS[name].function.parameters;
  const given = requested.arguments;
  for (const key of required) {
    if (!Object.hasOwn(given, key)) return refuse('missing-argument', `${name} needs ${key}`);
  }
  for (const [key, value] of Object.entries(given)) {
    if (!Object.hasOwn(properties, key)) return refuse('unknown-argument', `${name} has no ${clip(key)}`);
    const wanted = mismatch(value, properties[key]);
    if (wanted !== undefined) return refuse('ill-typed-argument', `${key} must be ${wanted}`);
  }
  if (name === 'Delete_memory' && given.confirmation !== true) {
    return refuse('not-confirmed', 'confirmation must be true');
  }
  if (name === 'Summary_context' && parseSpan(String(given.span)) === undefined) {
    return refuse('bad-span', 'span must be "all" or a number above 0');
  }
  return { ok: true, call: { name, arguments: given } };
}

/** `"all"` or a count of messages; undefined if it is neither. */
export function parseSpan(span: string): 'all' | number | undefined {
  if (span === 'all') return 'all';
  return /^[1-9]\d{0,8}$/.test(span) ? Number(span) : undefined;
}

export function isToolName(name: string): name is ToolName {
  return Object.hasOwn(TOOL_SCHEMAS, name);
}

/** What the schema wants, in words, if the value is something else. */
function mismatch(value: JsonValue, schema: ArgumentSchema): string | undefined {
  switch (schema.type) {
    case 'string':
      if (typeof value !== 'string') return 'a string';
      return value.trim().length < (schema.minLength ?? 0) ? 'a text that is not empty' : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'true or false';
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value) ? undefined : 'an object';
    case 'integer': {
      const low = schema.minimum ?? Number.MIN_SAFE_INTEGER;
      const high = schema.maximum ?? Number.MAX_SAFE_INTEGER;
      const fits = Number.isSafeInteger(value) && Number(value) >= low && Number(value) <= high;
      return fits ? undefined : `a whole number from ${low} to ${high}`;
    }
  }
}

function clip(text: string): string {
  return text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text;
}

function refuse(code: ArgumentErrorCode, message: string): CheckedCall {
  return { ok: false, code, message };
}
