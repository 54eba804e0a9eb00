/**
 * What the six tools do (agemem.md section 3). `planCall` checks a call, changes long-term memory where
 * the tool does, and returns a plan: the outcome for the log, the messages of C to remove and the tool
 * message to append. The episode carries the plan out, so that every change of C is an event in order.
 *
 * A call that cannot be done changes nothing: memory is asked only after every check has passed.
 * Result messages are terse, since a small policy reads them in a window of 256 tokens.
 */
import { UnknownMemoryError } from '../memory/errors';
import { cosine } from '../memory/index/unit-vectors';
import type { Note } from '../memory/journal';
import type { EntryText, LongTermMemory, Metadata } from '../memory/memory';
import { removableMessages, type ShortTermMemory } from './context';
import type {
  EntryRecord,
  MessageOrigin,
  RequestedCall,
  Stage,
  ToolCall,
  ToolName,
  ToolOutcome,
} from './events';
import { type Summariser, summaryText } from './summary';
import { checkCall, DEFAULT_TOP_K, parseSpan } from './tool-schemas';

export interface ToolContext {
  readonly memory: LongTermMemory;
  readonly context: ShortTermMemory;
  readonly stage: Stage;
  readonly step: number;
  /** Position of the call in its step, from 0. */
  readonly call: number;
  readonly sourceStep: string;
  /** Who acts and why, for the journal of the memory. */
  readonly note: Note;
  readonly summariser: Summariser;
  /** theta of Filter_context. */
  readonly filterThreshold: number;
  /** Share of the replaced tokens that a summary may cost, in (0, 1]. */
  readonly summaryShare: number;
  /** Tools that are not to be used. */
  readonly refused?: readonly ToolName[];
}

export interface CallPlan {
  readonly outcome: ToolOutcome;
  /** Ids of messages that leave C. */
  readonly removals: readonly string[];
  /** The tool message that tells the policy, appended after the removals. */
  readonly reply: { readonly content: string; readonly origin: MessageOrigin };
}

/** Runs one call up to the changes of C. Errors of memory itself (a full disk) are thrown on. */
export async function planCall(requested: RequestedCall, context: ToolContext): Promise<CallPlan> {
  const checked = checkCall(requested);
  if (!checked.ok) return failure(context, checked.code, checked.message);
  const { call } = checked;
  if (context.refused?.includes(call.name)) {
    return failure(context, 'refused', `${call.name} is not to be used here`);
  }
  switch (call.name) {
    case 'Add_memory':
      return add(call, context);
    case 'Update_memory':
      return update(call, context);
    case 'Delete_memory':
      return remove(call, context);
    case 'Retrieve_memory':
      return retrieve(call, context);
    case 'Summary_context':
      return summarise(call, context);
    case 'Filter_context':
      return filter(call, context);
  }
}

/** An entry as logs keep it. */
export function recordOf(entry: EntryText): EntryRecord {
  const { id, content, metadata, memoryType } = entry;
  return { id, content, metadata, memoryType };
}

/** Entries as policies read them: one a line, with ids. */
export function entryLines(entries: readonly { readonly id: string; readonly content: string }[]): string {
  return entries.map((entry) => `${entry.id}: ${entry.content}`).join('\n');
}

async function add(call: ToolCall, context: ToolContext): Promise<CallPlan> {
  const entry = await context.memory.add({
    content: text(call, 'content').trim(),
    metadata: labels(call, 'metadata'),
    memoryType: optionalText(call, 'memory_type'),
    sourceStep: context.sourceStep,
    note: context.note,
  });
  return success(context, { kind: 'added', entry: recordOf(entry) }, `${entry.id} added`);
}

async function update(call: ToolCall, context: ToolContext): Promise<CallPlan> {
  const id = text(call, 'memory_id');
  return ifKnown(id, context, async () => {
    const { before, after } = await context.memory.update(id, {
      content: text(call, 'content').trim(),
      metadata: labels(call, 'metadata'),
      sourceStep: context.sourceStep,
      note: context.note,
    });
    const effect = { kind: 'updated', before: recordOf(before), after: recordOf(after) } as const;
    return success(context, effect, `${id} updated`);
  });
}

async function remove(call: ToolCall, context: ToolContext): Promise<CallPlan> {
  const id = text(call, 'memory_id');
  return ifKnown(id, context, async () => {
    const entry = await context.memory.delete(id, context.note);
    return success(context, { kind: 'deleted', entry: recordOf(entry) }, `${id} deleted`);
  });
}

async function retrieve(call: ToolCall, context: ToolContext): Promise<CallPlan> {
  const query = text(call, 'query');
  const topK = call.arguments.top_k;
  const found = await context.memory.search(query, {
    topK: typeof topK === 'number' ? topK : DEFAULT_TOP_K,
    filter: labels(call, 'metadata_filter'),
    note: context.note,
  });
  const results = found.map(({ entry, score }) => ({ entry: recordOf(entry), score }));
  const entries = results.map(({ entry }) => entry);
  const { step, call: index } = context;
  return {
    outcome: { ok: true, effect: { kind: 'retrieved', query, results } },
    removals: [],
    reply: {
      content: entries.length === 0 ? 'nothing found' : entryLines(entries),
      origin: { kind: 'retrieval', step, call: index, entries },
    },
  };
}

async function summarise(call: ToolCall, context: ToolContext): Promise<CallPlan> {
  const span = parseSpan(text(call, 'span'));
  const removable = removableMessages(context.context.messages, context.stage, context.step);
  const messages = typeof span === 'number' ? removable.slice(-span) : removable;
  if (messages.length === 0) return failure(context, 'nothing-to-summarise', 'no messages to summarise');

  const replaced = messages.reduce((sum, message) => sum + message.tokens, 0);
  const { parts, asked } = await context.summariser.summarise({
    messages,
    tokenBudget: Math.floor(replaced * context.summaryShare),
    cost: (candidate) => context.context.cost('tool', summaryText(candidate)),
  });
  const content = summaryText(parts);
  const cost = context.context.cost('tool', content);
  if (cost >= replaced) return failure(context, 'summary-not-shorter', 'a summary would not be shorter');

  const removals = messages.map((message) => message.id);
  const tokensBefore = context.context.tokens;
  return {
    outcome: {
      ok: true,
      effect: {
        kind: 'summarised',
        removed: removals,
        summaryId: context.context.nextId,
        tokensBefore,
        tokensAfter: tokensBefore - replaced + cost,
        ...(asked && { asked }),
      },
    },
    removals,
    reply: { content, origin: { kind: 'summary', step: context.step, call: context.call, parts } },
  };
}

async function filter(call: ToolCall, context: ToolContext): Promise<CallPlan> {
  const criteria = text(call, 'criteria');
  const removable = removableMessages(context.context.messages, context.stage, context.step);
  const [wanted, ...vectors] = await context.memory.embedder.embed([
    criteria,
    ...removable.map((message) => message.content),
  ]);
  const scores = removable.map((message, index) => {
    const score = cosine(wanted, vectors[index]);
    return { messageId: message.id, score, removed: score >= context.filterThreshold };
  });
  const removals = scores.filter((score) => score.removed).map((score) => score.messageId);
  const removedTokens = removable
    .filter((_, index) => scores[index].removed)
    .reduce((sum, message) => sum + message.tokens, 0);
  const tokensBefore = context.context.tokens;
  const effect = {
    kind: 'filtered',
    criteria,
    threshold: context.filterThreshold,
    scores,
    tokensBefore,
    tokensAfter: tokensBefore - removedTokens,
  } as const;
  const noun = removals.length === 1 ? 'message' : 'messages';
  return success(context, effect, `removed ${removals.length} ${noun}`, removals);
}

function success(
  context: ToolContext,
  effect: Extract<ToolOutcome, { ok: true }>['effect'],
  content: string,
  removals: readonly string[] = [],
): CallPlan {
  return { outcome: { ok: true, effect }, removals, reply: { content, origin: toolOrigin(context) } };
}

function failure(context: ToolContext, code: string, message: string): CallPlan {
  return {
    outcome: { ok: false, code, message },
    removals: [],
    reply: { content: `error: ${message}`, origin: toolOrigin(context) },
  };
}

/** An id that memory does not know is the policy's mistake; any other error is not, and is thrown on. */
async function ifKnown(id: string, context: ToolContext, change: () => Promise<CallPlan>): Promise<CallPlan> {
  try {
    return await change();
  } catch (error) {
    if (!(error instanceof UnknownMemoryError)) throw error;
    const shown = id.length > 16 ? `${id.slice(0, 16)}…` : id;
    return failure(context, 'unknown-memory', `no memory ${shown}`);
  }
}

function toolOrigin(context: ToolContext): MessageOrigin {
  return { kind: 'tool', step: context.step, call: context.call };
}

/** A string argument that the schema requires. */
function text(call: ToolCall, key: string): string {
  return String(call.arguments[key]);
}

function optionalText(call: ToolCall, key: string): string | undefined {
  const value = call.arguments[key];
  return typeof value === 'string' ? value : undefined;
}

function labels(call: ToolCall, key: string): Metadata | undefined {
  const value = call.arguments[key];
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Metadata)
    : undefined;
}
