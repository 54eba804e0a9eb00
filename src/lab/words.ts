/** The page's vocabulary: how stages, tools, origins, marks and sources are called, in one place. */
import type {
  AdapterChoice,
  AdvantageMode,
  ChatRole,
  Difficulty,
  MessageOrigin,
  RewardPreset,
  Split,
  Stage,
} from '../worker/protocol';

export const STAGES: Readonly<Record<Stage, { readonly name: string; readonly what: string }>> = {
  1: {
    name: 'Store',
    what: 'The user talks; some of it is worth keeping. The question is not known yet.',
  },
  2: {
    name: 'Distractors',
    what: 'Short-term memory was emptied, long-term memory stays. Messages arrive that do not help.',
  },
  3: { name: 'Answer', what: 'The question arrives. The policy may look things up, and answers.' },
};

export const ROLES: Readonly<Record<ChatRole, string>> = {
  system: 'system',
  user: 'user',
  assistant: 'policy',
  tool: 'tool',
};

/** One letter for lanes, a short verb for lists. */
export const TOOLS: Readonly<Record<string, { readonly letter: string; readonly verb: string }>> = {
  Add_memory: { letter: 'A', verb: 'add to memory' },
  Update_memory: { letter: 'U', verb: 'update memory' },
  Delete_memory: { letter: 'D', verb: 'delete from memory' },
  Retrieve_memory: { letter: 'R', verb: 'retrieve' },
  Summary_context: { letter: 'S', verb: 'summarise context' },
  Filter_context: { letter: 'F', verb: 'filter context' },
};

export const TOOL_NAMES = Object.keys(TOOLS);

export function originWords(origin: MessageOrigin): string {
  switch (origin.kind) {
    case 'system':
      return 'stays for good';
    case 'task':
      return `message ${origin.index + 1} of the user`;
    case 'distractor':
      return `distractor ${origin.index + 1}`;
    case 'query':
      return 'the question';
    case 'observation':
      return 'what the world shows';
    case 'assistant':
      return `written in step ${origin.step}`;
    case 'tool':
      return `reply of a tool in step ${origin.step}`;
    case 'retrieval': {
      const entries = origin.entries.map(({ id }) => id).join(', ');
      const how = origin.call < 0 ? 'shown by introspection' : 'retrieved';
      return `${entries === '' ? 'nothing' : entries} ${how} in step ${origin.step}`;
    }
    case 'summary': {
      const from = [...new Set(origin.parts.map(({ messageId }) => messageId))];
      return `summary of ${from.length > 0 ? from.join(', ') : 'nothing'} in step ${origin.step}`;
    }
  }
}

export const ADAPTERS: Readonly<Record<AdapterChoice, string>> = {
  none: 'Base policy',
  shipped: 'Shipped adapter',
  trained: 'Trained in this tab',
};

export const DIFFICULTIES: Readonly<Record<Difficulty | 'mix', string>> = {
  mix: 'a mix, as in training',
  'one-fact': 'one fact',
  several: 'several facts',
  revisions: 'facts that change',
  'two-hops': 'two hops',
  'tight-context': 'tight context',
};

export const SPLITS: Readonly<Record<Split, string>> = {
  evaluation: 'held out',
  train: 'training tasks',
  'unseen-names': 'names never seen',
  'unseen-patterns': 'sentences never seen',
};

export const REWARDS: Readonly<Record<RewardPreset, string>> = {
  'paper-appendix': '1/3 each (App. C.4)',
  'paper-main': '1 each (section 4.1)',
  'answer-only': 'answer only (ablation)',
};

export const ADVANTAGES: Readonly<Record<AdvantageMode, string>> = {
  broadcast: 'broadcast to every step (AgeMem)',
  'last-step': 'last step only',
  experiences: 'over all steps (official code)',
  'best-only': 'best rollout only (a popular account)',
  'two-level': 'episode and anchor state (GiGPO)',
  fork: 'continuations of one state (fork)',
};

/** Where a number or rule comes from. */
export type Source = 'P' | 'O' | 'D';

export const SOURCES: Readonly<Record<Source, string>> = {
  P: 'from the paper',
  O: "from the authors' training code, where it differs",
  D: 'decided here, because the paper is silent or contradicts itself',
};

/** The reward's parts in general words, for an episode that has not been paid yet. */
export const REWARD_PARTS: readonly {
  readonly name: string;
  readonly group: 'Task' | 'Context' | 'Memory' | 'Penalty';
  readonly rule: string;
  readonly sources: readonly Source[];
}[] = [
  {
    name: 'task',
    group: 'Task',
    rule: 'Exact match 1, else token F1; −1 with no answer',
    sources: ['P', 'D'],
  },
  { name: 'compression', group: 'Context', rule: 'max(0, 1 − T_used / T_max)', sources: ['P'] },
  {
    name: 'preventive',
    group: 'Context',
    rule: '1 if a tool made the context smaller before it overflowed',
    sources: ['P', 'D'],
  },
  {
    name: 'preservation',
    group: 'Context',
    rule: '1 if what the question needs is still in the context',
    sources: ['P', 'D'],
  },
  { name: 'storage', group: 'Memory', rule: 'Good entries / entries added in stage 1', sources: ['P', 'D'] },
  {
    name: 'maintenance',
    group: 'Memory',
    rule: '1 if stale entries were replaced or removed, and nothing good harmed',
    sources: ['P', 'D'],
  },
  {
    name: 'relevance',
    group: 'Memory',
    rule: 'Share of the needed facts that were retrieved',
    sources: ['P', 'D'],
  },
  { name: 'rounds', group: 'Penalty', rule: '−1 if rounds of a stage exceed N_max', sources: ['P'] },
  { name: 'overflow', group: 'Penalty', rule: '−0.5 if T_used exceeds T_max', sources: ['P'] },
  { name: 'malformed', group: 'Penalty', rule: '−0.1 for each malformed step, at most −0.5', sources: ['D'] },
];
