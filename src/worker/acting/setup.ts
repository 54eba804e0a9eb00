/** How a model is used: what it is at first, what may be asked for, and what is refused with words. */
import { BUNDLED_EPISODE_CONFIG, BUNDLED_MAX_NEW_TOKENS, type EpisodeConfig } from '../../agent/config';
import { PRESETS } from '../../rl/presets';
import { LabRefusal } from '../lab-errors';
import type { ActingSetup, ActiveModel, ModelAbilities } from '../models-protocol';
import { FULL_PROMPT_WINDOW, LARGE_WINDOW, roomOf } from './play';

export type SetupChoices = ActiveModel['choices'];

/** Longer contexts are the user's to ask for: a cache for each rollout grows with them. */
const USUAL_CONTEXT = 3072;
/** Longest context offered: the paper's. */
export const MOST_CONTEXT = 8192;
const LEAST_CONTEXT = 128;
const LEAST_COMPLETION = 8;
/** Room for a thought and two calls. */
const USUAL_COMPLETION = 256;
/** As the makers of small chat models advise. */
const USUAL_TEMPERATURE = 0.7;
/** Greedy but for ties; at 0 a log-prob at the sampling temperature would mean nothing. */
const LEAST_TEMPERATURE = 0.01;
const MOST_TEMPERATURE = 2;

const SMALL = {
  temperature: PRESETS.lab.config.temperature,
  maxNewTokens: BUNDLED_MAX_NEW_TOKENS,
  contextTokens: BUNDLED_EPISODE_CONFIG.hardPromptTokens + BUNDLED_MAX_NEW_TOKENS,
} as const;

const LARGE = {
  temperature: USUAL_TEMPERATURE,
  maxNewTokens: USUAL_COMPLETION,
  contextTokens: USUAL_CONTEXT,
} as const;

/**
 * As the model wants to be used. A small window is used as the bundled policy's.
 * @param own the rules it was made for: then with the short prompt, which it knows, in their room
 */
export function standardSetup(
  { thinking, bases, maxContextTokens }: SetupChoices,
  own?: EpisodeConfig,
): ActingSetup {
  const prompt = own || maxContextTokens < FULL_PROMPT_WINDOW ? 'short' : 'full';
  const byWindow = maxContextTokens < LARGE_WINDOW ? SMALL : LARGE;
  const usual = own ? { ...SMALL, contextTokens: own.hardPromptTokens + SMALL.maxNewTokens } : byWindow;
  return {
    prompt,
    ...usual,
    contextTokens: Math.min(usual.contextTokens, maxContextTokens),
    // Thoughts of thinking modes take more tokens than an episode in a tab has.
    thinking: thinking ? false : null,
    constrained: false,
    topP: 1,
    base: bases[0] ?? null,
  };
}

/** The setup with what was asked for. @throws LabRefusal `setup`, naming the part and what it may be */
export function changedSetup(
  before: ActingSetup,
  asked: Partial<ActingSetup>,
  choices: SetupChoices,
  can: Pick<ModelAbilities, 'constrain'>,
): ActingSetup {
  const setup: ActingSetup = { ...before, ...asked };
  const { temperature, topP, maxNewTokens, contextTokens } = setup;
  const whole = (part: string, value: number, least: number, most: number) => {
    if (Number.isInteger(value) && value >= least && value <= most) return;
    throw refusal(part, `a whole number from ${least} to ${most}`, value);
  };
  if (!(temperature >= LEAST_TEMPERATURE && temperature <= MOST_TEMPERATURE)) {
    throw refusal('temperature', `from ${LEAST_TEMPERATURE} to ${MOST_TEMPERATURE}`, temperature);
  }
  if (!(topP > 0 && topP <= 1)) throw refusal('topP', 'above 0 and at most 1', topP);
  whole(
    'contextTokens',
    contextTokens,
    Math.min(LEAST_CONTEXT, choices.maxContextTokens),
    choices.maxContextTokens,
  );
  whole('maxNewTokens', maxNewTokens, LEAST_COMPLETION, Math.floor(contextTokens / 2));
  if (choices.thinking !== (setup.thinking !== null)) {
    const what = choices.thinking ? 'true or false' : 'null: the template of this model has no switch for it';
    throw refusal('thinking', what, setup.thinking);
  }
  if (setup.constrained && !can.constrain) throw refusal('constrained', 'false with this provider', true);
  const bases = choices.bases.length > 0 ? choices.bases : [null];
  if (!bases.includes(setup.base as never)) throw refusal('base', `one of ${bases.join(', ')}`, setup.base);
  return setup;
}

/** @throws LabRefusal `setup` where system prompt and a message do not fit into the context */
export function checkPromptFits(systemTokens: number, setup: ActingSetup, own?: EpisodeConfig): void {
  const { context } = roomOf(setup, own);
  // A message, the entries shown with it and a question take about so much.
  if (systemTokens + LEAST_CONTEXT / 2 <= context) return;
  throw new LabRefusal(
    'setup',
    `The ${setup.prompt} system prompt takes ${systemTokens} tokens, which with a message are more than the ${context} that a context may have with these settings (${setup.contextTokens} less ${setup.maxNewTokens} for the completion, and room for what tools bring).`,
    'Choose the short prompt, a longer context or shorter completions.',
  );
}

function refusal(part: string, what: string, value: unknown): LabRefusal {
  return new LabRefusal('setup', `The setting "${part}" must be ${what}; it is ${value}.`, 'Change it.');
}
