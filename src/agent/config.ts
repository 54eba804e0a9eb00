/**
 * Everything about how an episode is played that is not the task: pacing, introspection, what happens to
 * C and M between stages, limits. Two presets: the bundled policy's small window, and the paper's numbers.
 * Sampling (temperature, completion length) belongs to the runner. Every option has a note with its
 * effect and its source: [P]aper, [O]fficial training code, [D]ecision of this project.
 */
import type { EpisodeLimits, Stage } from './events';
import { BUNDLED_SYSTEM_PROMPT, instructionPrompt } from './prompts';

export interface EpisodeConfig {
  readonly systemPrompt: string;
  /** Steps a message of stage 1 or 2 may take before the next one comes; an answer closes it earlier. */
  readonly stepsPerMessage: Readonly<Record<1 | 2, number>>;
  /** `last`: shown after C for one step. `kept`: appended to C. `off`: no introspective retrieval. */
  readonly introspection: 'last' | 'kept' | 'off';
  readonly introspectionStages: readonly Stage[];
  /** Of these, those in which the entries are shown as if the policy had called `Retrieve_memory` with the newest message. */
  readonly lookedUpStages: readonly Stage[];
  /** Most entries shown. */
  readonly introspectionTopK: number;
  /** Least cosine of an entry shown. */
  readonly introspectionMinScore: number;
  /** C is emptied between stages 1 and 2. */
  readonly resetBetweenStages: boolean;
  /** M is emptied there too: the control that shows what memory is worth. */
  readonly wipeMemoryAtReset: boolean;
  /** False: each rollout is given distractors of its own. */
  readonly distractorsShared: boolean;
  /** theta of Filter_context; null: that of the embedder. */
  readonly filterThreshold: number | null;
  /** Share of the tokens it replaces that a summary may cost, in (0, 1]. */
  readonly summaryShare: number;
  /** N_max: rounds in a stage above which P = -1. */
  readonly maxRounds: number;
  /** Rounds of each stage after which the episode ends; above N_max, or P could never be earned. */
  readonly hardRounds: Readonly<Record<Stage, number>>;
  /** T_max: tokens in C above which P = -0.5, and the scale of the compression reward. */
  readonly maxContextTokens: number;
  /** Tokens a prompt may have; the episode ends rather than go above. */
  readonly hardPromptTokens: number;
  /** Tokens of a prompt that are not messages: what a chat template puts before the reply. */
  readonly promptOverheadTokens: number;
}

/** Completions of the bundled policy have at most this many tokens: two tool calls in one step need 57. */
export const BUNDLED_MAX_NEW_TOKENS = 64;

/** The bundled policy: prompts of at most 208 tokens, and 64 for the completion. */
export const BUNDLED_EPISODE_CONFIG: EpisodeConfig = {
  systemPrompt: BUNDLED_SYSTEM_PROMPT,
  stepsPerMessage: { 1: 1, 2: 1 },
  introspection: 'last',
  introspectionStages: [1],
  lookedUpStages: [],
  introspectionTopK: 2,
  introspectionMinScore: 0,
  resetBetweenStages: true,
  wipeMemoryAtReset: false,
  distractorsShared: true,
  filterThreshold: null,
  summaryShare: 0.5,
  maxRounds: 4,
  hardRounds: { 1: 8, 2: 8, 3: 6 },
  maxContextTokens: 160,
  hardPromptTokens: 208,
  promptOverheadTokens: 4,
};

/** The paper's setting for models of 4B and 7B: context 8192, response 2048. */
export const PAPER_EPISODE_CONFIG: EpisodeConfig = {
  ...BUNDLED_EPISODE_CONFIG,
  systemPrompt: instructionPrompt(),
  introspection: 'kept',
  introspectionTopK: 3,
  filterThreshold: 0.6,
  maxRounds: 8,
  hardRounds: { 1: 16, 2: 16, 3: 16 },
  maxContextTokens: 8192,
  hardPromptTokens: 32768 - 2048,
  promptOverheadTokens: 8,
};

/** The bundled policy that reads the worlds: prompts of at most 960 tokens, as many of them as a world takes. */
export const WORLDS_EPISODE_CONFIG: EpisodeConfig = {
  ...BUNDLED_EPISODE_CONFIG,
  introspectionTopK: 3,
  maxContextTokens: 640,
  hardPromptTokens: 960,
};

/**
 * Worlds with many observations and days with many questions: room for all of them in C, and for as many rounds as they
 * take. Introspective retrieval shows what an update is about, as in the bundled setting.
 */
export const LARGE_WORLD_CONFIG: EpisodeConfig = {
  ...BUNDLED_EPISODE_CONFIG,
  introspectionTopK: 8,
  maxRounds: 16,
  hardRounds: { 1: 128, 2: 128, 3: 256 },
  maxContextTokens: 8192,
  hardPromptTokens: 32768,
};

export interface OptionNote {
  readonly effect: string;
  readonly source: string;
}

/** For the page and the README: what each option does and where its default comes from. */
export const EPISODE_OPTION_NOTES: Readonly<Record<keyof EpisodeConfig, OptionNote>> = {
  systemPrompt: {
    effect: 'First message of C. It can be neither filtered nor summarised.',
    source: '[D] one line for the bundled policy; protocol and schemas for larger models',
  },
  stepsPerMessage: {
    effect: 'Policy calls one message may take in stages 1 and 2. 1: each round brings a new message.',
    source:
      '[P] Alg. 3 brings a new message with each call; [D] several steps for one message. Default [D]: 1, the pacing of Alg. 3, chosen for the token budget of a small window',
  },
  introspection: {
    effect: 'Entries close to the newest message are shown with their ids before the policy acts.',
    source:
      '[P] Alg. 3 keeps them in C; [D] default: last in the prompt and for one step, so that C stays small',
  },
  introspectionStages: {
    effect: 'Stages in which that happens. In stage 3 it would do the work of Retrieve_memory.',
    source: '[P] stage 1',
  },
  lookedUpStages: {
    effect:
      'Stages in which they are shown as a look-up and its result: the form that a policy trained with tools reads.',
    source: '[D] none; stage 3 where RAG takes the place of the tools for short-term memory',
  },
  introspectionTopK: { effect: 'Most entries shown; fewer if the prompt would not fit.', source: '[D] 2' },
  introspectionMinScore: { effect: 'Entries less similar than this are not shown.', source: '[D] 0' },
  resetBetweenStages: {
    effect: 'C is emptied between stages 1 and 2, so what was not stored is gone. Off: a control.',
    source: '[P]',
  },
  wipeMemoryAtReset: {
    effect: 'M is emptied there too. The task score should fall to chance.',
    source: '[D] control',
  },
  distractorsShared: {
    effect:
      'All rollouts of a task meet the same distractors, so their rewards can be compared. Off: new ones each.',
    source: '[P] shared; [O] anew for each rollout',
  },
  filterThreshold: {
    effect: 'Messages at least this similar to the criteria are removed.',
    source: '[P] 0.6 for a dense sentence encoder; [D] calibrated with each embedder',
  },
  summaryShare: {
    effect: 'Longest summary as a share of the tokens it replaces.',
    source: '[D] one half',
  },
  maxRounds: {
    effect:
      'N_max: more rounds than this in a stage cost 1. Raised to the number of messages where a task has more, since no agent could do with fewer.',
    source:
      '[P] exists, without a number; [O] 5; [D] 4, the most messages a task of the bundled families has',
  },
  hardRounds: {
    effect:
      'Rounds of a stage after which the episode ends; raised in the same way. More than N_max in each stage.',
    source: '[D] 8, 8 and 6: with a cap at or below N_max the penalty could never be earned',
  },
  maxContextTokens: {
    effect: 'T_max: more tokens in C than this when the answer is made cost 0.5.',
    source: '[P] context 8192; [D] 160 for the bundled policy',
  },
  hardPromptTokens: {
    effect: 'A prompt never has more tokens; the episode ends instead.',
    source: '[D] window less completion',
  },
  promptOverheadTokens: {
    effect: 'Tokens set aside for what the chat template adds to the messages.',
    source: '[D]',
  },
};

export class EpisodeConfigError extends Error {
  override readonly name = 'EpisodeConfigError';
}

/** Throws `EpisodeConfigError` naming the option and the values it takes. */
export function validateConfig(config: EpisodeConfig): void {
  const positive = (option: string, value: number) => {
    if (!(value >= 1)) throw new EpisodeConfigError(`${option} is ${value}. Set it to 1 or more.`);
  };
  positive('stepsPerMessage[1]', config.stepsPerMessage[1]);
  positive('stepsPerMessage[2]', config.stepsPerMessage[2]);
  positive('introspectionTopK', config.introspectionTopK);
  positive('maxRounds', config.maxRounds);
  for (const stage of [1, 2, 3] as const) {
    positive(`hardRounds[${stage}]`, config.hardRounds[stage]);
    if (!(config.hardRounds[stage] > config.maxRounds)) {
      throw new EpisodeConfigError(
        `hardRounds[${stage}] is ${config.hardRounds[stage]}. Set it above maxRounds (${config.maxRounds}), or the episode ends before the penalty for rounds can be earned.`,
      );
    }
  }
  positive('maxContextTokens', config.maxContextTokens);
  positive('hardPromptTokens', config.hardPromptTokens);
  if (!(config.promptOverheadTokens >= 0)) {
    throw new EpisodeConfigError(
      `promptOverheadTokens is ${config.promptOverheadTokens}. Set it to 0 or more.`,
    );
  }
  if (!(config.summaryShare > 0 && config.summaryShare <= 1)) {
    throw new EpisodeConfigError(`summaryShare is ${config.summaryShare}. Set it above 0 and at most to 1.`);
  }
}

/**
 * The limits that hold for a task: no agent is fined for the number of messages it is sent, nor for the actions that a
 * world takes, look-ups beside them; and the hard caps stay above N_max where that was raised.
 */
export function limitsFor(
  config: EpisodeConfig,
  messages: number,
  distractors: number,
  actions = 0,
): EpisodeLimits {
  const inWorld = actions > 0 ? actions + config.maxRounds : 0;
  const maxRounds = Math.max(config.maxRounds, messages, distractors, inWorld);
  const hard = (stage: Stage): number => Math.max(config.hardRounds[stage], maxRounds + 1);
  return {
    maxRounds,
    maxContextTokens: config.maxContextTokens,
    hardRounds: { 1: hard(1), 2: hard(2), 3: hard(3) },
    hardContextTokens: config.hardPromptTokens,
  };
}
