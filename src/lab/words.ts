/** The page's vocabulary: how stages, tools, origins, marks and sources are called, in one place. */
import type {
  AdapterChoice,
  AdvantageMode,
  ChatRole,
  Difficulty,
  EventLog,
  MessageOrigin,
  Ready,
  RewardPreset,
  SitePolicyFacts,
  Split,
  Stage,
} from '../worker/protocol';
import { type Phrase, phrase, say } from './language/language';

export const STAGES: Readonly<Record<Stage, { readonly name: Phrase; readonly what: Phrase }>> = {
  1: {
    name: phrase('Store'),
    what: phrase('The user talks; some of it is worth keeping. The question is not known yet.'),
  },
  2: {
    name: phrase('Distractors'),
    what: phrase('Short-term memory was emptied, long-term memory stays. Messages arrive that do not help.'),
  },
  3: {
    name: phrase('Answer'),
    what: phrase('The question arrives. The policy may look things up, and answers.'),
  },
};

export const ROLES: Readonly<Record<ChatRole, Phrase>> = {
  system: phrase('system'),
  user: phrase('user'),
  assistant: phrase('policy'),
  tool: phrase('tool'),
};

/** A short verb for lists. */
export const TOOLS: Readonly<Record<string, { readonly verb: Phrase }>> = {
  Add_memory: { verb: phrase('add to memory') },
  Update_memory: { verb: phrase('update memory') },
  Delete_memory: { verb: phrase('delete from memory') },
  Retrieve_memory: { verb: phrase('retrieve') },
  Summary_context: { verb: phrase('summarise context') },
  Filter_context: { verb: phrase('filter context') },
};

export const TOOL_NAMES = Object.keys(TOOLS);

export function originWords(origin: MessageOrigin): string {
  switch (origin.kind) {
    case 'system':
      return say('stays for good');
    case 'task':
      return say('message {n} of the user', { n: origin.index + 1 });
    case 'distractor':
      return say('distractor {n}', { n: origin.index + 1 });
    case 'query':
      return say('the question');
    case 'observation':
      return say('what the world shows');
    case 'assistant':
      return say('written in step {step}', { step: origin.step });
    case 'tool':
      return say('reply of a tool in step {step}', { step: origin.step });
    case 'retrieval': {
      const entries = origin.entries.map(({ id }) => id).join(', ') || say('nothing');
      const values = { entries, step: origin.step };
      return origin.call < 0
        ? say('{entries} shown by introspection in step {step}', values)
        : say('{entries} retrieved in step {step}', values);
    }
    case 'summary': {
      const parts = [...new Set(origin.parts.map(({ messageId }) => messageId))].join(', ') || say('nothing');
      return say('summary of {parts} in step {step}', { parts, step: origin.step });
    }
  }
}

export const ADAPTERS: Readonly<Record<AdapterChoice, Phrase>> = {
  none: phrase('Base policy'),
  shipped: phrase('Shipped adapter'),
  trained: phrase('Trained in this tab'),
};

type Variant = Exclude<SitePolicyFacts['trainedAs'], 'trained'>;

const TRAINED_AS: Readonly<Record<Variant, Phrase>> = {
  'answer-only': phrase('Trained for the answer alone'),
  'lt-rl': phrase('Trained with long-term tools alone'),
};

/** The variant of AgeMem that the adapter beside the model was trained as; null: AgeMem, or nobody knows better. */
export function variantTrained({
  model,
  sitePolicies,
}: Pick<Ready, 'model' | 'sitePolicies'>): Variant | null {
  const as = sitePolicies.find(({ id }) => id === model.id)?.trainedAs ?? 'trained';
  return as === 'trained' ? null : as;
}

/** The adapters of the model that acts: what ships with a policy of the site may be trained as a variant. */
export function adaptersOf(ready: Ready | null): Readonly<Record<AdapterChoice, Phrase>> {
  const variant = ready && variantTrained(ready);
  return variant ? { ...ADAPTERS, shipped: TRAINED_AS[variant] } : ADAPTERS;
}

export const DIFFICULTIES: Readonly<Record<Difficulty | 'mix', Phrase>> = {
  mix: phrase('a mix, as in training'),
  'one-fact': phrase('one fact'),
  several: phrase('several facts'),
  revisions: phrase('facts that change'),
  'two-hops': phrase('two hops'),
  'tight-context': phrase('tight context'),
};

export const SPLITS: Readonly<Record<Split, Phrase>> = {
  evaluation: phrase('held out'),
  train: phrase('training tasks'),
  'unseen-names': phrase('names never seen'),
  'unseen-patterns': phrase('sentences never seen'),
};

export const REWARDS: Readonly<Record<RewardPreset, Phrase>> = {
  'paper-appendix': phrase('1/3 each (App. C.4)'),
  'paper-main': phrase('1 each (section 4.1)'),
  'answer-only': phrase('answer only (ablation)'),
};

export const ADVANTAGES: Readonly<Record<AdvantageMode, Phrase>> = {
  broadcast: phrase('broadcast to every step (AgeMem)'),
  'last-step': phrase('last step only'),
  experiences: phrase('over all steps (official code)'),
  'best-only': phrase('best rollout only (a popular account)'),
  'two-level': phrase('episode and anchor state (GiGPO)'),
  fork: phrase('continuations of one state (fork)'),
};

/** How an episode ended, of AgeMem or of a memory beside the policy. */
export type EpisodeEnd = Extract<EventLog[number], { readonly type: 'episode-ended' }>['reason'];

export const ENDS: Readonly<Record<EpisodeEnd, Phrase>> = {
  answered: phrase('the question was answered'),
  'environment-done': phrase('the task in the world is over'),
  'hard-rounds': phrase('too many steps in a stage'),
  'hard-context': phrase('the prompt does not fit'),
  aborted: phrase('it was broken off'),
};

/** Of an end that was kept, maybe by another version of the page: one that is not known by its id. */
export const endWords = (reason: string): string =>
  Object.hasOwn(ENDS, reason) ? say(ENDS[reason as EpisodeEnd]) : reason;

/** What kept an episode from coming to its end; null: it came to it. */
export const whyCutOff = (end: string): string | null =>
  end === 'answered' || end === 'environment-done' ? null : endWords(end);

/** Where a number or rule comes from. */
export type Source = 'P' | 'O' | 'D';

export const SOURCES: Readonly<Record<Source, Phrase>> = {
  P: phrase('from the paper'),
  O: phrase("from the authors' training code, where it differs"),
  D: phrase('decided here, because the paper is silent or contradicts itself'),
};

type RewardGroup = 'Task' | 'Context' | 'Memory' | 'Penalty';

export const REWARD_GROUPS: Readonly<Record<RewardGroup, Phrase>> = {
  Task: phrase('Task'),
  Context: phrase('Context'),
  Memory: phrase('Memory'),
  Penalty: phrase('Penalty'),
};

/** The reward's parts in general words, for an episode that has not been paid yet. */
export const REWARD_PARTS: readonly {
  /** As the reward has it. */
  readonly name: string;
  /** As the page writes it. */
  readonly label: Phrase;
  readonly group: RewardGroup;
  readonly rule: Phrase;
  readonly sources: readonly Source[];
}[] = [
  {
    name: 'task',
    label: phrase('task'),
    group: 'Task',
    rule: phrase('Exact match 1, else token F1; in a world its score; −1 with no answer'),
    sources: ['P', 'D'],
  },
  {
    name: 'compression',
    label: phrase('compression'),
    group: 'Context',
    rule: phrase('max(0, 1 − T_used / T_max)'),
    sources: ['P'],
  },
  {
    name: 'preventive',
    label: phrase('preventive'),
    group: 'Context',
    rule: phrase('1 if a tool made the context smaller before it overflowed'),
    sources: ['P', 'D'],
  },
  {
    name: 'preservation',
    label: phrase('preservation'),
    group: 'Context',
    rule: phrase('1 if what the question needs is still in the context'),
    sources: ['P', 'D'],
  },
  {
    name: 'storage',
    label: phrase('storage'),
    group: 'Memory',
    rule: phrase('Good entries / entries added in stage 1'),
    sources: ['P', 'D'],
  },
  {
    name: 'maintenance',
    label: phrase('maintenance'),
    group: 'Memory',
    rule: phrase('1 if stale entries were replaced or removed, and nothing good harmed'),
    sources: ['P', 'D'],
  },
  {
    name: 'relevance',
    label: phrase('relevance'),
    group: 'Memory',
    rule: phrase('Share of the needed facts that were retrieved'),
    sources: ['P', 'D'],
  },
  {
    name: 'rounds',
    label: phrase('rounds'),
    group: 'Penalty',
    rule: phrase('−1 if rounds of a stage exceed N_max'),
    sources: ['P'],
  },
  {
    name: 'overflow',
    label: phrase('overflow'),
    group: 'Penalty',
    rule: phrase('−0.5 if T_used exceeds T_max'),
    sources: ['P'],
  },
  {
    name: 'malformed',
    label: phrase('malformed'),
    group: 'Penalty',
    rule: phrase('−0.1 for each malformed step, at most −0.5'),
    sources: ['D'],
  },
];

/** What tasks are about, by family. */
export const FAMILIES: Readonly<Record<string, Phrase>> = {
  qa: phrase('people and their lives'),
  rooms: phrase('a house with boxes'),
  hotpotqa: phrase('HotpotQA: articles'),
  babyai: phrase('BabyAI: a grid'),
  pddl: phrase('PDDL: planning'),
  alfworld: phrase('ALFWorld: a household'),
  scienceworld: phrase('ScienceWorld (a subset): a lab'),
  errands: phrase('a long day of questions'),
};

/** A measure of long episodes, reached by its address and not meant to be learnt from. */
const UNLISTED: readonly string[] = ['errands'];

/** Families to choose from, in order; one that is not offered is listed where it is the one that was chosen. */
export function familiesBeside(chosen: string): readonly string[] {
  return Object.keys(FAMILIES).filter((family) => family === chosen || !UNLISTED.includes(family));
}
