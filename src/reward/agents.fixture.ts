/**
 * Agents for tests of the reward, written with the gold data in hand: one that does all that should be
 * done, and several that do nothing, or call whatever there is without a reason.
 */

import { answering, calling, sayingPolicy, textPolicy } from '../agent/playing.fixture';
import type { Policy, PolicyRequest } from '../agent/policy';
import { formatCompletion } from '../agent/protocol';

function newestUserText(request: PolicyRequest): string {
  return request.messages.findLast((message) => message.role === 'user')?.content ?? '';
}

/** Stores facts, updates what is revised, drops distractors, looks up what is needed, answers. */
export const perfectAgent: Policy = textPolicy((request) => {
  const { stage, task, context, introspected, stepsOnMessage } = request.state;
  if (stage === 2) return calling('Filter_context', { criteria: newestUserText(request) });
  if (stage === 3) {
    if (stepsOnMessage > 0) return answering(task.answers[0]);
    const needed = task.facts.filter((fact) => task.neededFactIds.includes(fact.id));
    const calls = needed.map((fact) => ({
      name: 'Retrieve_memory',
      arguments: { query: `${fact.subject} ${fact.relation} ${fact.value}`, top_k: 1 },
    }));
    return formatCompletion('', { kind: 'tool-calls', calls });
  }
  const origin = context.at(-1)?.origin;
  const index = origin?.kind === 'task' ? origin.index : -1;
  const fact = task.facts.find((candidate) => task.messages[index].factIds.includes(candidate.id));
  if (fact?.worthKeeping !== true) return answering('ok');
  const earlier = task.messages.slice(0, index).filter((message) => message.factIds.includes(fact.id)).length;
  const value = [...fact.superseded, fact.value][earlier];
  const content = `${fact.subject} ${fact.relation} ${value}`;
  const old = introspected.find((entry) => entry.content.startsWith(`${fact.subject} ${fact.relation}`));
  return old === undefined
    ? calling('Add_memory', { content })
    : calling('Update_memory', { memory_id: old.id, content });
});

/** Calls all six tools in every step, with the newest message or a letter for an argument. */
function callingEverything(text: (request: PolicyRequest) => string, answers: boolean): Policy {
  return textPolicy((request) => {
    const { stage, stepsOnMessage } = request.state;
    if (answers && stage === 3 && stepsOnMessage > 0) return answering('x');
    const content = text(request);
    return formatCompletion('', {
      kind: 'tool-calls',
      calls: [
        { name: 'Add_memory', arguments: { content } },
        { name: 'Update_memory', arguments: { memory_id: 'm1', content } },
        { name: 'Delete_memory', arguments: { memory_id: 'm1', confirmation: true } },
        { name: 'Retrieve_memory', arguments: { query: content } },
        { name: 'Summary_context', arguments: { span: 'all' } },
        { name: 'Filter_context', arguments: { criteria: content } },
      ],
    });
  });
}

const NAMES = 'Add_memory Update_memory Delete_memory Retrieve_memory Summary_context Filter_context';

/** None of them deserves anything; each stays below 0.25 in every episode. */
export const WORTHLESS_AGENTS: Readonly<Record<string, Policy>> = {
  'says nothing': sayingPolicy([]),
  'knows nothing': textPolicy(() => answering('I do not know')),
  'names every tool while thinking': textPolicy(() =>
    formatCompletion(`${NAMES} <tool_call>[{"name":"Add_memory"}]</tool_call>`, {
      kind: 'answer',
      text: NAMES,
    }),
  ),
  'writes rubbish': textPolicy(() => NAMES),
  'calls every tool with a letter': callingEverything(() => 'x', true),
  'calls every tool with a letter and never answers': callingEverything(() => 'x', false),
  'calls every tool with the newest message': callingEverything(newestUserText, true),
  'calls tools that fail': textPolicy(({ state }) =>
    state.stage === 3
      ? answering('x')
      : formatCompletion('', {
          kind: 'tool-calls',
          calls: [
            { name: 'Update_memory', arguments: { memory_id: 'm99', content: 'x' } },
            { name: 'Delete_memory', arguments: { memory_id: 'm1' } },
            { name: 'Filter_context', arguments: {} },
          ],
        }),
  ),
};
