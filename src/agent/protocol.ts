/**
 * The protocol between episode and policy: `<think>…</think>`, then either
 * `<tool_call>[{"name": …, "arguments": {…}}, …]</tool_call>` or `<answer>…</answer>`. Every policy
 * speaks it, from the bundled model to a 7B one.
 *
 * Reading is charitable where the meaning is plain (a missing closing tag, a code fence, one object in
 * place of a list) and records each charity as a `Tolerance`; otherwise it returns a protocol error with
 * position and reason. It never throws and reads every character a bounded number of times.
 * What stands inside `<think>` is never an action, whatever it names.
 * Source: agemem.md section 2; aliases: section 3.
 */
import type { JsonValue, Metadata } from '../memory/memory';
import type { ParsedAction, RequestedCall, Tolerance, ToolCall } from './events';
import { readJson } from './json-reader';

const THINK = '<think>';
const THINK_END = '</think>';
const TOOL_CALL = '<tool_call>';
const TOOL_CALL_END = '</tool_call>';
const ANSWER = '<answer>';
const ANSWER_END = '</answer>';

/** What marks the parts of a step; some tokenizers have tokens of their own for them. */
export const PROTOCOL_TAGS: readonly string[] = [
  THINK,
  THINK_END,
  TOOL_CALL,
  TOOL_CALL_END,
  ANSWER,
  ANSWER_END,
];

/** More calls than this in one completion are refused: nobody means them. */
export const MAX_CALLS = 16;

const OPENING_FENCE = /\s*(```[a-zA-Z]*)?\s*/y;
const CLOSING_FENCE = /\s*(```)?\s*/y;

/** Words of a malformed action, kept as the value that `parseCompletion` returns. */
type ProtocolError = Extract<ParsedAction, { kind: 'protocol-error' }>;

/** Reads a completion. Offsets count UTF-16 code units from the start of `text`. */
export function parseCompletion(text: string): ParsedAction {
  const tolerances: Tolerance[] = [];
  const { think, end } = readThink(text, tolerances);
  const toolAt = text.indexOf(TOOL_CALL, end);
  const answerAt = text.indexOf(ANSWER, end);
  const isCall = toolAt >= 0 && (answerAt < 0 || toolAt < answerAt);
  const at = isCall ? toolAt : answerAt;
  if (at < 0) return protocolError('expected <tool_call> or <answer>', end, tolerances);
  if (text.slice(end, at).trim() !== '') tolerances.push({ kind: 'outer-text', at: end });
  return isCall
    ? readCalls(text, at + TOOL_CALL.length, think, tolerances)
    : readAnswer(text, at + ANSWER.length, think, tolerances);
}

/** An action to write: what `parseCompletion` returns, less think and tolerances. */
export type WritableAction =
  | { readonly kind: 'tool-calls'; readonly calls: readonly ToolCall<string>[] }
  | { readonly kind: 'answer'; readonly text: string };

/** A think or answer text holds the tag that would end it; take the tag out of the text. */
export class UnwritableTextError extends Error {
  override readonly name = 'UnwritableTextError';
  constructor(part: 'think' | 'answer', tag: string) {
    super(`The ${part} text contains ${tag}, which would end it. Remove the tag from the text.`);
  }
}

/**
 * The canonical text of a completion, which `parseCompletion` reads back without a tolerance: compact
 * JSON, no white space between tags. Throws `UnwritableTextError`.
 */
export function formatCompletion(think: string, action: WritableAction): string {
  if (think.includes(THINK_END)) throw new UnwritableTextError('think', THINK_END);
  const head = `${THINK}${think}${THINK_END}`;
  if (action.kind === 'answer') {
    if (action.text.includes(ANSWER_END)) throw new UnwritableTextError('answer', ANSWER_END);
    return `${head}${ANSWER}${action.text}${ANSWER_END}`;
  }
  const calls = action.calls.map((call) => ({ name: call.name, arguments: call.arguments }));
  return `${head}${TOOL_CALL}${JSON.stringify(calls)}${TOOL_CALL_END}`;
}

/** The think text and the offset where the action may begin. */
function readThink(text: string, tolerances: Tolerance[]): { think: string; end: number } {
  const open = text.indexOf(THINK);
  const close = text.indexOf(THINK_END);
  const action = firstOf(text.indexOf(TOOL_CALL), text.indexOf(ANSWER));
  const opensFirst = open >= 0 && (action < 0 || open < action);
  if (!opensFirst) {
    // Chat templates that put <think> into the prompt leave a completion with the closing tag only.
    tolerances.push({ kind: 'missing-think', at: 0 });
    if (close >= 0 && (action < 0 || close < action)) {
      return { think: text.slice(0, close).trim(), end: close + THINK_END.length };
    }
    return { think: '', end: 0 };
  }
  if (text.slice(0, open).trim() !== '') tolerances.push({ kind: 'outer-text', at: 0 });
  const from = open + THINK.length;
  const closing = text.indexOf(THINK_END, from);
  if (closing >= 0) return { think: text.slice(from, closing).trim(), end: closing + THINK_END.length };
  const stop = action < 0 ? text.length : action;
  tolerances.push({ kind: 'missing-closing-tag', at: stop });
  return { think: text.slice(from, stop).trim(), end: stop };
}

function readAnswer(text: string, from: number, think: string, tolerances: Tolerance[]): ParsedAction {
  const close = text.indexOf(ANSWER_END, from);
  if (close < 0) {
    tolerances.push({ kind: 'missing-closing-tag', at: text.length });
    return { kind: 'answer', think, text: text.slice(from).trim(), tolerances };
  }
  noteTrailingText(text, close + ANSWER_END.length, tolerances);
  return { kind: 'answer', think, text: text.slice(from, close).trim(), tolerances };
}

function readCalls(text: string, from: number, think: string, tolerances: Tolerance[]): ParsedAction {
  const opening = skip(OPENING_FENCE, text, from);
  if (opening.fence) tolerances.push({ kind: 'code-fence', at: opening.fenceAt });
  const first = text[opening.end];
  if (first !== '[' && first !== '{') {
    return protocolError('expected a JSON list of calls', opening.end, tolerances);
  }
  const json = readJson(text, opening.end);
  if (!json.ok) return protocolError(json.reason, json.at, tolerances);

  const closing = skip(CLOSING_FENCE, text, json.end);
  if (closing.fence && !opening.fence) tolerances.push({ kind: 'code-fence', at: closing.fenceAt });
  if (text.startsWith(TOOL_CALL_END, closing.end)) {
    noteTrailingText(text, closing.end + TOOL_CALL_END.length, tolerances);
  } else if (text.includes(TOOL_CALL_END, closing.end)) {
    return protocolError('expected </tool_call> after the JSON', closing.end, tolerances);
  } else {
    tolerances.push({ kind: 'missing-closing-tag', at: closing.end });
    noteTrailingText(text, closing.end, tolerances);
  }

  if (!Array.isArray(json.value)) tolerances.push({ kind: 'single-object', at: opening.end });
  const items: readonly JsonValue[] = Array.isArray(json.value) ? json.value : [json.value];
  if (items.length === 0) return protocolError('the list of calls is empty', opening.end, tolerances);
  if (items.length > MAX_CALLS) {
    return protocolError(`more than ${MAX_CALLS} calls in one step`, opening.end, tolerances);
  }
  const calls: RequestedCall[] = [];
  for (const [index, item] of items.entries()) {
    const call = readCall(item, index, opening.end, tolerances);
    if (typeof call === 'string') return protocolError(call, opening.end, tolerances);
    calls.push(call);
  }
  return { kind: 'tool-calls', think, calls, tolerances };
}

/** The call, or what is wrong with it. Whether the tool exists and takes these arguments is not asked here. */
function readCall(
  item: JsonValue,
  index: number,
  at: number,
  tolerances: Tolerance[],
): RequestedCall | string {
  if (!isObject(item)) return `call ${index + 1} is not an object`;
  const name = item.name;
  if (typeof name !== 'string') return `call ${index + 1} has no "name" string`;
  const given = item.arguments ?? {};
  if (!isObject(given)) return `call ${index + 1}: "arguments" is not an object`;
  const call = resolveAliases({ name, arguments: given });
  if (call.name !== name || call.arguments !== given) tolerances.push({ kind: 'alias', at });
  return call;
}

/** Names that the paper's case studies and the authors' code use beside those of the schema. */
function resolveAliases(call: RequestedCall): RequestedCall {
  const given = call.arguments;
  switch (call.name) {
    case 'Clear_context':
      return { ...call, name: 'Filter_context' };
    case 'Delete_memory': {
      if (!Object.hasOwn(given, 'confirmed') || Object.hasOwn(given, 'confirmation')) return call;
      const { confirmed, ...rest } = given;
      return { ...call, arguments: { ...rest, confirmation: confirmed } };
    }
    case 'Summary_context':
      return given.span === 'full' ? { ...call, arguments: { ...given, span: 'all' } } : call;
    default:
      return call;
  }
}

function isObject(value: JsonValue): value is Metadata {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function noteTrailingText(text: string, from: number, tolerances: Tolerance[]): void {
  if (text.slice(from).trim() !== '') tolerances.push({ kind: 'outer-text', at: from });
}

function skip(pattern: RegExp, text: string, from: number): { end: number; fence: boolean; fenceAt: number } {
  pattern.lastIndex = from;
  const found = pattern.exec(text);
  const matched = found?.[0] ?? '';
  const fence = found?.[1] !== undefined;
  return { end: from + matched.length, fence, fenceAt: from + Math.max(0, matched.indexOf('`')) };
}

/** The smaller offset of two searches, -1 if both failed. */
function firstOf(a: number, b: number): number {
  if (a < 0) return b;
  return b < 0 ? a : Math.min(a, b);
}

function protocolError(reason: string, at: number, tolerances: readonly Tolerance[]): ProtocolError {
  return { kind: 'protocol-error', reason, at, tolerances };
}
