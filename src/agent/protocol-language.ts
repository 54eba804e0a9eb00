/**
 * The protocol of a step as a language: the texts that a policy under constraint may write.
 *
 *     <think> any text </think> then <tool_call> [ call, … ] </tool_call> or <answer> any text </answer>
 *
 * Names, keys and types of a call come from `TOOL_SCHEMAS`; the keys in any order, each once, no required one left out.
 * Every text of the language is read by `parseCompletion` without a tolerance and each of its calls passes `checkCall`;
 * the tests hold it to that. It is a part of what these accept, chosen so that it has finitely many states and that
 * nobody can go on for ever without saying anything: little white space, numbers of bounded length, labels
 * (`metadata`) that are text, numbers, true, false or null, and a required text does not begin with white space.
 */

import type { ToolName } from './events';
import {
  anyBut,
  choice,
  oneOf,
  optional,
  type Pattern,
  repeated,
  rule,
  sequence,
  text,
  until,
} from './grammar/pattern';
import { MAX_CALLS } from './protocol';
import { type ArgumentSchema, TOOL_NAMES, TOOL_SCHEMAS } from './tool-schemas';

/** An argument whose values cannot be written down as a pattern. */
export class UnspeakableArgumentError extends Error {
  override readonly name = 'UnspeakableArgumentError';
  constructor(tool: ToolName, key: string, reason: string) {
    super(`${tool}: no grammar can be made for ${key}, ${reason}. Narrow its schema.`);
  }
}

/** Most values of a whole number that are listed one by one. */
const MOST_VALUES = 1000;

/** Where a list or an object goes on, models write one space or none. */
const SPACE = optional(' ');
const NEW_LINE = optional('\n');

const HEX = oneOf([0x30, 0x39], [0x41, 0x46], [0x61, 0x66]);
const UNICODE = sequence('u', HEX, HEX, HEX, HEX);
const CHARACTER = choice(anyBut('"\\', [0x00, 0x1f]), sequence('\\', choice(oneOf('"\\/bfnrt'), UNICODE)));
const STRING = rule('string', sequence('"', repeated(CHARACTER), '"'));

/** What `String.prototype.trim` takes off. */
const BLANKS = [
  0x20,
  0xa0,
  0x1680,
  [0x2000, 0x200a],
  0x2028,
  0x2029,
  0x202f,
  0x205f,
  0x3000,
  0xfeff,
] as const;
/** No character that is white space is escaped with one of these as its first digit. */
const FAR_HEX = oneOf([0x34, 0x39], [0x41, 0x45], [0x61, 0x65]);
const FIRST_CHARACTER = choice(
  anyBut(
    '"\\',
    [0x00, 0x1f],
    ...BLANKS.map((blank) => (typeof blank === 'number' ? ([blank, blank] as const) : blank)),
  ),
  sequence('\\', choice(oneOf('"\\/'), sequence('u', FAR_HEX, HEX, HEX, HEX))),
);
const FILLED_STRING = rule('filled_string', sequence('"', FIRST_CHARACTER, repeated(CHARACTER), '"'));

const DIGIT = oneOf([0x30, 0x39]);
const NUMBER = rule(
  'number',
  sequence(
    optional('-'),
    choice('0', sequence(oneOf([0x31, 0x39]), repeated(DIGIT, 8))),
    optional(sequence('.', DIGIT, repeated(DIGIT, 8))),
  ),
);
const LABEL = rule(
  'label',
  sequence(STRING, ':', SPACE, choice(STRING, NUMBER, text('true'), text('false'), text('null'))),
);
const LABELS = rule(
  'labels',
  sequence('{', optional(sequence(LABEL, repeated(sequence(',', SPACE, LABEL)))), '}'),
);

const CALL = rule('call', sequence('{"name":', SPACE, choice(...TOOL_NAMES.map(callOf))));
const CALLS = rule('calls', sequence('[', CALL, repeated(sequence(',', SPACE, CALL), MAX_CALLS - 1), ']'));
const ACTION = rule(
  'action',
  choice(
    sequence('<tool_call>', NEW_LINE, CALLS, NEW_LINE, '</tool_call>'),
    sequence('<answer>', until('</answer>')),
  ),
);
const THOUGHTS = rule('thoughts', until('</think>'));
/** Models with a habit of it leave lines free here. */
const AFTER_THOUGHTS = sequence(repeated(oneOf(' \n'), 2), ACTION);

/**
 * How much of the step the prompt holds already: chat templates of models that think may end with `<think>`, and with
 * thinking switched off with thoughts that are empty.
 */
export type ProtocolPart = 'whole' | 'in-thoughts' | 'after-thoughts';

export const PROTOCOL_LANGUAGE: Readonly<Record<ProtocolPart, Pattern>> = {
  whole: sequence('<think>', THOUGHTS, AFTER_THOUGHTS),
  'in-thoughts': sequence(THOUGHTS, AFTER_THOUGHTS),
  'after-thoughts': AFTER_THOUGHTS,
};

/** From the tool's name to the end of the call. */
function callOf(tool: ToolName): Pattern {
  const { properties, required } = TOOL_SCHEMAS[tool].function.parameters;
  const keys = Object.keys(properties);
  const values = keys.map((key) => argumentOf(tool, key, properties[key]));
  const all = 2 ** keys.length - 1;
  const wanted = required.reduce((set, key) => set | (1 << keys.indexOf(key)), 0);
  // By the set of keys that have been written; larger sets first, so that each finds what may follow it.
  const rest = new Map<number, Pattern>();
  for (let written = all; written >= 0; written--) {
    const more = keys.flatMap((key, i) => {
      const then = rest.get(written | (1 << i));
      return written & (1 << i) || !then ? [] : [sequence(`"${key}":`, SPACE, values[i], then)];
    });
    const ways: Pattern[] = (written & wanted) === wanted ? [text('}')] : [];
    if (more.length > 0) ways.push(written === 0 ? choice(...more) : sequence(',', SPACE, choice(...more)));
    rest.set(written, rule(`${tool}_${written}`, choice(...ways)));
  }
  // There is a rule for every set of keys, the empty one too.
  const args = rest.get(0) as Pattern;
  return sequence(`"${tool}",`, SPACE, '"arguments":', SPACE, '{', args, '}');
}

function argumentOf(tool: ToolName, key: string, schema: ArgumentSchema): Pattern {
  // Two values on which `checkCall` is stricter than the schema.
  if (tool === 'Delete_memory' && key === 'confirmation') return text('true');
  if (tool === 'Summary_context' && key === 'span') {
    return choice('"all"', sequence('"', oneOf([0x31, 0x39]), repeated(DIGIT, 8), '"'));
  }
  switch (schema.type) {
    case 'string':
      if ((schema.minLength ?? 0) > 1) {
        throw new UnspeakableArgumentError(tool, key, 'which wants more than one character');
      }
      return schema.minLength === 1 ? FILLED_STRING : STRING;
    case 'boolean':
      return choice('true', 'false');
    case 'object':
      return LABELS;
    case 'integer': {
      const { minimum, maximum } = schema;
      if (minimum === undefined || maximum === undefined || maximum - minimum >= MOST_VALUES) {
        throw new UnspeakableArgumentError(tool, key, `a whole number with more than ${MOST_VALUES} values`);
      }
      const values = Array.from({ length: maximum - minimum + 1 }, (_, i) => text(String(minimum + i)));
      return rule(`${tool}_${key}`, choice(...values));
    }
  }
}
