/**
 * Play in the background: a policy that answers in short slices, each at its own turn, and an embedder that lets messages
 * through now and then. Which requests are answered together is of no consequence, since each draws by its own seed; so a
 * slice is as wide as fits about a frame or two, and one that was cut off is asked for again.
 */
import type { Policy, PolicyCompletion, PolicyGenerateOptions, PolicyRequest } from '../../agent/policy';
import type { Embedder } from '../../memory/memory';

/** A slice takes about so long, milliseconds: what a key that is pressed waits for at most, besides its own work. */
const SLICE_MS = 60;
/** Without a turn of the event loop, milliseconds. */
const BREATH_MS = 20;

/** The run was stopped in the middle of a seed. */
export class TableStoppedError extends Error {
  override readonly name = 'TableStoppedError';
  constructor() {
    super('The table was stopped before this seed was played. Run it again: what was played before is kept.');
  }
}

/** Whose turn it is, as the run sees it. */
export interface SliceGate {
  /** Resolves when the next slice may begin. @throws TableStoppedError */
  ready(): Promise<void>;
  /**
   * Runs a slice, whose signal fires when somebody else wants the model. Null: the device went away under it and another
   * has taken its place, so that it is to be asked for again.
   */
  slice<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | null>;
}

/** Lets timers and messages through when there was no turn of the event loop for a while. */
export class Breath {
  private last = performance.now();

  async maybe(): Promise<void> {
    if (performance.now() - this.last < BREATH_MS) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.last = performance.now();
  }
}

export class SlicedPolicy implements Policy {
  /** Requests of a slice; doubled and halved by what slices take. */
  private width = 4;

  /**
   * @param policy asked for at each slice
   * @param most requests of a slice
   */
  constructor(
    private readonly policy: () => Policy,
    private readonly gate: SliceGate,
    private readonly breath: Breath,
    private readonly most: number,
  ) {}

  get id(): string {
    return this.policy().id;
  }

  get capabilities(): Policy['capabilities'] {
    return this.policy().capabilities;
  }

  countTokens(message: Parameters<Policy['countTokens']>[0]): number {
    return this.policy().countTokens(message);
  }

  /** @throws TableStoppedError; what the policy throws */
  async generate(
    requests: readonly PolicyRequest[],
    options: PolicyGenerateOptions,
  ): Promise<readonly PolicyCompletion[]> {
    const completions: PolicyCompletion[] = [];
    while (completions.length < requests.length) {
      await this.breath.maybe();
      // Last: whoever comes in the meantime goes first.
      await this.gate.ready();
      const piece = requests.slice(completions.length, completions.length + Math.min(this.width, this.most));
      const start = performance.now();
      const answered = await this.gate.slice((signal) =>
        this.policy().generate(piece, { ...options, signal }),
      );
      // Given up for somebody else: the same once more.
      if (answered === null || answered.some(({ finish }) => finish === 'aborted')) continue;
      const ms = performance.now() - start;
      completions.push(...answered);
      if (ms > SLICE_MS) this.width = Math.max(1, this.width >> 1);
      else if (ms < SLICE_MS / 2 && piece.length === this.width)
        this.width = Math.min(this.most, this.width * 2);
    }
    return completions;
  }
}

/** The same embedder, between whose texts the event loop gets its turns. */
export function breathing(embedder: Embedder, breath: Breath): Embedder {
  const { id, dimension, threshold } = embedder;
  return {
    id,
    dimension,
    threshold,
    embed: async (texts) => {
      await breath.maybe();
      return embedder.embed(texts);
    },
  };
}
