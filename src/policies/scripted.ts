/**
 * The scripted demonstrator: a policy without a model. It acts on the episode's state as data, errs
 * at stated rates (scripted-noise.ts) and writes its choices in the full protocol. Three uses: the
 * corpus the bundled policy is cloned from, the perfect and the noisy control beside every training
 * curve, and an agent for tests of everything above the `Policy` seam.
 *
 * Deterministic: a completion depends on the request's seed and state alone. It reads gold data to
 * know what is worth storing and what a question is after; answers come from retrieved entries only.
 */
import type {
  ChatMessage,
  Policy,
  PolicyCapabilities,
  PolicyCompletion,
  PolicyGenerateOptions,
  PolicyRequest,
} from '../agent/policy';
import { formatCompletion } from '../agent/protocol';
import { createRandom, type Random } from '../tasks/random';
import { decideInStage3 } from './scripted-answers';
import { type Decision, decideOnChat, decideOnDistractor } from './scripted-decisions';
import { DEMONSTRATOR_ERRORS, type DemonstratorErrors, PERFECT } from './scripted-noise';
import { type DecisionKind, thoughtFor } from './scripted-thoughts';

export interface ScriptedPolicyOptions {
  readonly id?: string;
  /** Default: none, the perfect demonstrator. */
  readonly errors?: DemonstratorErrors;
  /** Default: `estimateTokens`. Give the tokenizer's own count to meet a window exactly. */
  readonly countTokens?: (message: ChatMessage) => number;
  /** Told of every choice, in order; malformed ones too. */
  readonly onDecision?: (kind: DecisionKind, request: PolicyRequest) => void;
}

/** Role marker, its end and the end of the message. */
const TOKENS_OF_ROLE = 3;

/**
 * A guess at what a small byte-pair vocabulary makes of a message: one token for a tag, a run of
 * punctuation or a short word, one for each four further letters of a long word.
 */
export function estimateTokens(message: ChatMessage): number {
  const pieces = message.content.match(/<\/?\w+>|[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s]+/gu) ?? [];
  const tokens = pieces.reduce(
    (sum, piece) => sum + (piece.startsWith('<') || piece.includes('_') ? 1 : Math.ceil(piece.length / 5)),
    0,
  );
  return tokens + TOKENS_OF_ROLE;
}

export class ScriptedPolicy implements Policy {
  readonly id: string;
  readonly capabilities: PolicyCapabilities = {
    train: false,
    logprobs: false,
    streaming: false,
    kvReuse: false,
  };
  readonly #errors: DemonstratorErrors;
  readonly #countTokens: (message: ChatMessage) => number;
  readonly #onDecision: ScriptedPolicyOptions['onDecision'];

  constructor(options: ScriptedPolicyOptions = {}) {
    this.#errors = options.errors ?? PERFECT;
    this.id =
      options.id ?? (options.errors && options.errors !== PERFECT ? 'scripted-noisy' : 'scripted-perfect');
    this.#countTokens = options.countTokens ?? estimateTokens;
    this.#onDecision = options.onDecision;
  }

  countTokens(message: ChatMessage): number {
    return this.#countTokens(message);
  }

  async generate(
    requests: readonly PolicyRequest[],
    options: Pick<PolicyGenerateOptions, 'signal'>,
  ): Promise<readonly PolicyCompletion[]> {
    return requests.map((request) => {
      if (options.signal?.aborted) return completion('', 'aborted');
      return completion(this.#complete(request), 'stop');
    });
  }

  #complete(request: PolicyRequest): string {
    const random = createRandom('scripted', request.seed);
    const decision = decide(request, this.#errors, random);
    this.#onDecision?.(decision.kind, request);
    const text = formatCompletion(thoughtFor(decision.kind, random), decision.action);
    return random.chance(this.#errors.malformed) ? spoil(text, random) : text;
  }
}

function decide({ state }: PolicyRequest, errors: DemonstratorErrors, random: Random): Decision {
  switch (state.stage) {
    case 1:
      return decideOnChat(state, errors, random);
    case 2:
      return decideOnDistractor(state, errors, random);
    case 3:
      return decideInStage3(state, errors, random);
  }
}

/** What a careless writer leaves: no action at all, or JSON that breaks off. */
function spoil(text: string, random: Random): string {
  const action = text.indexOf('</think>') + '</think>'.length;
  if (text.startsWith('<answer>', action) || random.chance(0.5)) return text.slice(0, action);
  return text.slice(0, -Math.min('"}}]</tool_call>'.length, text.length - action));
}

function completion(text: string, finish: PolicyCompletion['finish']): PolicyCompletion {
  return { text, promptIds: [], tokens: [], finish };
}

/** The upper control: errs nowhere. */
export const perfectDemonstrator = (options: Omit<ScriptedPolicyOptions, 'errors'> = {}): ScriptedPolicy =>
  new ScriptedPolicy(options);

/** The author of the pretraining corpus. */
export const noisyDemonstrator = (options: Omit<ScriptedPolicyOptions, 'errors'> = {}): ScriptedPolicy =>
  new ScriptedPolicy({ ...options, errors: DEMONSTRATOR_ERRORS });
