/**
 * How many of the steps a model writes follow the protocol to the letter, with and without the protocol imposed:
 * counted from the completions themselves, as this visit saw them.
 */
import type { Policy, PolicyCompletion } from '../../agent/policy';
import { parseCompletion } from '../../agent/protocol';
import type { ActingSetup, WellFormed } from '../models-protocol';

export class CountedSteps {
  private readonly free = { steps: 0, wellFormed: 0 };
  private readonly constrained = { steps: 0, wellFormed: 0 };

  get wellFormed(): WellFormed {
    return { free: { ...this.free }, constrained: { ...this.constrained } };
  }

  /** The same policy, drawing as the setup says, whose completions are counted. */
  of(policy: Policy, setup: () => Pick<ActingSetup, 'topP' | 'constrained'>): Policy {
    return {
      id: policy.id,
      capabilities: policy.capabilities,
      countTokens: (message) => policy.countTokens(message),
      generate: async (requests, options) => {
        // Questions are no steps.
        if (options.form !== undefined) return policy.generate(requests, options);
        const { topP, constrained } = setup();
        const counts = constrained ? this.constrained : this.free;
        // Left out where all is drawn from: a device then draws by itself.
        const drawn = { ...(topP < 1 && { topP }), ...(constrained && { constrained }) };
        const completions = await policy.generate(requests, { ...options, ...drawn });
        for (const completion of completions) {
          // A completion that was given up is no step.
          if (completion.finish === 'aborted') continue;
          counts.steps++;
          if (isWellFormed(completion)) counts.wellFormed++;
        }
        return completions;
      },
    };
  }
}

/** As the metrics of training count it: nothing missing, nothing outside the tags, not cut off. */
function isWellFormed({ text, finish }: PolicyCompletion): boolean {
  const { kind, tolerances } = parseCompletion(text);
  return kind !== 'protocol-error' && tolerances.length === 0 && finish !== 'length';
}
