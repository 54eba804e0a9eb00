/** By what rules an episode is played: those that all share, or those of one of AgeMem's own variants. */
import type { EpisodeConfig } from '../agent/config';
import type { ToolName } from '../agent/events';

export interface Rules {
  readonly config: EpisodeConfig;
  /** Left out: none. */
  readonly refusedTools?: readonly ToolName[];
}

/**
 * @param method a variant of `baselines/agemem-variants.ts`, which are loaded when one is asked for
 * @throws LabRefusal `no-method`
 */
export async function rulesOf(method: string | undefined, shared: EpisodeConfig): Promise<Rules> {
  if (method === undefined) return { config: shared };
  return (await import('./table/variant-rules')).variantRules(method, shared);
}
