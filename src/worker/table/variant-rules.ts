/** By what rules one of AgeMem's own variants is played, for an episode of the lab. Loaded when one is opened. */
import type { EpisodeConfig } from '../../agent/config';
import type { ToolName } from '../../agent/events';
import { AGEMEM_IDS, AGEMEM_VARIANTS } from '../../baselines/agemem-variants';
import { LabRefusal } from '../lab-errors';

/** @throws LabRefusal `no-method` */
export function variantRules(
  method: string,
  shared: EpisodeConfig,
): { readonly config: EpisodeConfig; readonly refusedTools: readonly ToolName[] } {
  const id = AGEMEM_IDS.find((one) => one === method);
  if (id === undefined) {
    throw new LabRefusal(
      'no-method',
      `${JSON.stringify(method)} is no variant of AgeMem.`,
      `Leave method= out of the address, or write one of ${AGEMEM_IDS.join(', ')}.`,
    );
  }
  const { config, refusedTools } = AGEMEM_VARIANTS[id];
  return { config: config(shared), refusedTools };
}
