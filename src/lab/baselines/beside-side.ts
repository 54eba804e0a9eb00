/**
 * The side of a memory beside the policy, cut from the log of its run: what each message led to, what became of each thing
 * that was stored, what answering cost. Pure functions of the run.
 */
import type {
  BaselineEvent,
  BaselineRun,
  MemoryView,
  Operation,
  ReadTrace,
  WriteTrace,
} from '../../worker/baselines-protocol';
import { messageKey, NOTHING_SPENT, type Spent, sum } from './agemem-side';

/** A message as the memory took it. */
export interface Taken {
  readonly key: string;
  readonly stage: 1 | 2;
  /** From 0, in its stage. */
  readonly index: number;
  readonly trace: WriteTrace;
}

export type Prompt = Extract<BaselineEvent, { type: 'prompt' }>;

/** A step of the policy after the messages: what it was shown, what it wrote, what came of it. */
export interface AnswerStep {
  readonly prompt: Prompt;
  readonly completion: Extract<BaselineEvent, { type: 'completion' }> | null;
  /** Told to the policy: the world's reply, a refusal; null: nothing, that was the end. */
  readonly reply: string | null;
  readonly refused: boolean;
}

/** The messages in order; what a method does at the end of a stage is not among them. */
export function takenMessages({ result }: BaselineRun): readonly Taken[] {
  const next = { 1: 0, 2: 0 };
  return result.log.flatMap((event) => {
    if (event.type !== 'written' || event.trace.message === '') return [];
    const index = next[event.stage]++;
    return [{ key: messageKey(event.stage, index), stage: event.stage, index, trace: event.trace }];
  });
}

export function readsOf({ result }: BaselineRun): readonly ReadTrace[] {
  return result.log.flatMap((event) => (event.type === 'read' ? [event.trace] : []));
}

export function answerSteps({ result }: BaselineRun): readonly AnswerStep[] {
  const steps: AnswerStep[] = [];
  const change = (part: Partial<AnswerStep>) => {
    const step = steps.pop();
    if (step) steps.push({ ...step, ...part });
  };
  for (const event of result.log) {
    if (event.type === 'prompt') steps.push({ prompt: event, completion: null, reply: null, refused: false });
    if (event.type === 'completion') change({ completion: event });
    if (event.type === 'acted') change({ reply: event.observation });
    if (event.type === 'refused') change({ reply: event.content, refused: true });
  }
  return steps;
}

/** The policy's own steps: what is paid beside the memory's calls. */
export function answeringCost(run: BaselineRun): Spent {
  return answerSteps(run).reduce(
    (spent, { prompt, completion }) =>
      sum(spent, { calls: 1, promptTokens: prompt.tokens, replyTokens: completion?.tokens ?? 0 }),
    NOTHING_SPENT,
  );
}

/** The best score that a look-up of this message gave something stored; null: it was not looked up. */
export function similarity({ lookUps }: WriteTrace, id: string | null): number | null {
  const scores = lookUps.flatMap(({ found }) => found.filter((one) => one.id === id)).map((one) => one.score);
  return scores.length === 0 ? null : Math.max(...scores);
}

export interface LifeEvent {
  readonly stage: 1 | 2;
  readonly index: number;
  readonly operation: Operation;
}

/** What happened to each thing stored, by its id, oldest first. */
export function lives(run: BaselineRun): ReadonlyMap<string, readonly LifeEvent[]> {
  const byId = new Map<string, LifeEvent[]>();
  for (const { stage, index, trace } of takenMessages(run)) {
    for (const operation of trace.operations) {
      if (operation.id === null) continue;
      byId.set(operation.id, [...(byId.get(operation.id) ?? []), { stage, index, operation }]);
    }
  }
  return byId;
}

/** Things stored and taken away again, with the text they had. */
export function deletedOf(
  run: BaselineRun,
): readonly { readonly id: string; readonly content: string; readonly life: readonly LifeEvent[] }[] {
  return [...lives(run)].flatMap(([id, life]) => {
    const last = life.at(-1)?.operation;
    return last?.kind === 'DELETE' ? [{ id, content: last.before ?? '', life }] : [];
  });
}

/** Entries and edges. */
export const heldCount = ({ entries, graph }: MemoryView): number =>
  entries.length + (graph?.edges.length ?? 0);
