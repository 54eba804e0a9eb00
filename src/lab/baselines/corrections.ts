/**
 * Facts that a task corrects, and what a memory made of it: by the task's gold data it is known which message corrects
 * which, so the decision can be shown in the very place where it was taken.
 */
import type { BaselineRun, MemoryView, Operation, WriteTrace } from '../../worker/baselines-protocol';
import type { Task } from '../../worker/protocol';
import { messageKey } from './agemem-side';
import { similarity, takenMessages } from './beside-side';

export interface Correction {
  /** Of the message that corrects. */
  readonly key: string;
  readonly text: string;
  /** Messages before it that spoke of the same facts, with their keys. */
  readonly before: readonly { readonly key: string; readonly text: string }[];
}

/** In the order they are made. Corrections stand in stage 1 in every family. */
export function correctionsIn({ messages }: Task): readonly Correction[] {
  return messages.flatMap((message, index) =>
    message.kind === 'revision'
      ? [
          {
            key: messageKey(1, index),
            text: message.content,
            before: messages
              .slice(0, index)
              .flatMap(({ factIds, content }, i) =>
                factIds.some((id) => message.factIds.includes(id))
                  ? [{ key: messageKey(1, i), text: content }]
                  : [],
              ),
          },
        ]
      : [],
  );
}

export interface DecidedOperation {
  readonly operation: Operation;
  /** Cosine, or whatever the look-up goes by, of old and new; null: the two were never held against each other. */
  readonly similarity: number | null;
}

export interface Decision {
  /** What the message that corrects was taken as; null: the run has no such message. */
  readonly trace: WriteTrace | null;
  readonly operations: readonly DecidedOperation[];
  /** Stored of the messages before, and held at the end word for word. */
  readonly left: readonly { readonly id: string; readonly content: string; readonly remark: string | null }[];
}

export function decisionOn(run: BaselineRun, correction: Correction): Decision {
  const taken = takenMessages(run);
  const trace = taken.find(({ key }) => key === correction.key)?.trace ?? null;
  const earlier = new Set(correction.before.map(({ key }) => key));
  const stored = taken
    .filter(({ key }) => earlier.has(key))
    .flatMap((one) => one.trace.operations)
    .flatMap(({ kind, id, after }) =>
      kind === 'ADD' && id !== null && after !== null ? [{ id, after }] : [],
    );
  const held = textsHeld(run.view);
  return {
    trace,
    operations: (trace?.operations ?? []).map((operation) => ({
      operation,
      similarity: trace && operation.kind !== 'ADD' ? similarity(trace, operation.id) : null,
    })),
    left: stored.flatMap(({ id, after }) => {
      const now = held.get(id);
      return now?.content === after ? [{ id, ...now }] : [];
    }),
  };
}

/** Entries and edges by id; `remark`: what a note's context says of it. */
function textsHeld({
  entries,
  graph,
}: MemoryView): ReadonlyMap<string, { readonly content: string; readonly remark: string | null }> {
  return new Map([
    ...entries.map(({ id, content, details }) => {
      const { context } = details;
      return [id, { content, remark: typeof context === 'string' ? context : null }] as const;
    }),
    ...(graph?.edges ?? []).map(({ id, text }) => [id, { content: text, remark: null }] as const),
  ]);
}
