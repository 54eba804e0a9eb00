/**
 * A policy without a model and without tools: it answers from what its prompt holds, as the expert of the task's family
 * would. Around a memory that is not its own it shows what that memory is worth, apart from how well a small model reads.
 *
 * As the demonstrator does (`scripted.ts`), it knows what a question of the QA family is after; the values come from the
 * entries in the prompt alone. It reads the sentences of `tasks/qa/relations.ts` in any of their wordings, and what is told
 * of a novel or a film not at all.
 */
import type {
  Policy,
  PolicyCapabilities,
  PolicyCompletion,
  PolicyGenerateOptions,
  PolicyRequest,
} from '../agent/policy';
import { formatCompletion } from '../agent/protocol';
import { RELATIONS, type Relation } from '../tasks/qa/relations';
import { taskFamily } from '../tasks/registry';
import type { Task } from '../tasks/task';
import { estimateTokens } from './scripted';
import { UNKNOWN } from './scripted-answers';
import { retrievedEntries, type SeenEntry } from './scripted-reading';

export class ExpertReader implements Policy {
  readonly id = 'expert-reader';
  readonly capabilities: PolicyCapabilities = {
    train: false,
    logprobs: false,
    streaming: false,
    kvReuse: false,
  };
  readonly countTokens = estimateTokens;

  async generate(
    requests: readonly PolicyRequest[],
    { signal }: Pick<PolicyGenerateOptions, 'signal'>,
  ): Promise<readonly PolicyCompletion[]> {
    return requests.map((request) => ({
      text: signal?.aborted ? '' : formatCompletion('', { kind: 'answer', text: answerTo(request) }),
      promptIds: [],
      tokens: [],
      finish: signal?.aborted ? 'aborted' : 'stop',
    }));
  }
}

function answerTo({ state: { task, context } }: PolicyRequest): string {
  const entries = retrievedEntries(context);
  const { createExpert } = taskFamily(task.family);
  if (!createExpert) return answerQuestion(task, entries);
  const expert = createExpert(task);
  const remembered = entries.map(({ content }) => content);
  const shown = context.filter(({ origin }) => origin.kind === 'query' || origin.kind === 'observation');
  let action = '';
  for (const { content } of shown) action = expert.act(content, remembered);
  return action;
}

/** Follows the needed facts from the question's subject; of several values the youngest entry's counts. */
function answerQuestion(task: Task, entries: readonly SeenEntry[]): string {
  const young = [...entries].sort((a, b) => numberOf(a) - numberOf(b));
  const needed = task.neededFactIds.flatMap((id) => task.facts.filter((fact) => fact.id === id));
  let subject = needed[0]?.subject ?? '';
  for (const fact of needed) {
    const readers = READERS.filter(({ relation }) => relation === fact.relation);
    const values = young.flatMap(({ content }) => {
      const said = statementIn(content);
      return readers.flatMap(({ expression }) => {
        const groups = expression.exec(said)?.groups;
        return groups && groups.s === subject ? [groups.v] : [];
      });
    });
    const value = values.at(-1);
    if (value === undefined) return UNKNOWN;
    subject = value;
  }
  return subject === '' ? UNKNOWN : subject;
}

const numberOf = ({ id }: SeenEntry): number => Number(id.replace(/^\D+/, '')) || 0;

/** Without openings and corrections before it, and without a full stop; a framed statement keeps its frame. */
function statementIn(text: string): string {
  return text
    .replace(
      /^(?:Note|Remember|Correction|One thing): |^(?:By the way|For the record|No|I was wrong|I mixed it up), /,
      '',
    )
    .replace(/\.$/, '');
}

const READERS = RELATIONS.flatMap((relation) =>
  wordingsOf(relation).map((pattern) => ({ relation: relation.relation, expression: compiled(pattern) })),
);

function wordingsOf({ relation, statements, revisions }: Relation): readonly string[] {
  const sets = revisions ? [statements, revisions] : [statements];
  const said = sets.flatMap(({ train, unseen }) => [...train, ...unseen]).map(statementIn);
  // A memory that rewrites leaves out what is over.
  const rewritten = said.map((pattern) =>
    pattern.replace(
      /,? (?:not|rather than) \{o\}$|(?<=prefers \{v\}) to \{o\} now$| (?:gave up|sold) the \{o\} and/,
      '',
    ),
  );
  return [...new Set([`{s} ${relation} {v}`, ...said, ...rewritten])];
}

function compiled(pattern: string): RegExp {
  const name = (slot: string): string => `(?<${slot}>[\\p{L}\\p{N}]+(?: [\\p{L}\\p{N}]+)?)`;
  const source = pattern
    .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
    .replace(/\{(\w)\}/g, (_, slot: string) => name(slot));
  return new RegExp(`^${source}$`, 'u');
}
