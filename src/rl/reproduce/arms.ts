/**
 * The arms of the ablation: what is trained, how it is paid, and which untrained variants it is told against. An arm is one
 * of AgeMem's variants, trained in the episode it acts in: with the same tools refused and the same entries shown.
 */
import type { EpisodeConfig } from '../../agent/config';
import type { ToolName } from '../../agent/events';
import { AGEMEM_VARIANTS, type AgeMemId } from '../../baselines/agemem-variants';
import type { ArmId } from '../../evidence/ablation-lines';
import type { GrpoConfig } from '../presets';

/** Variants that act untrained, on the same tasks and dice as the arms. */
export const UNTRAINED_IDS = ['no-tools', 'lt', 'agemem-no-rl'] as const satisfies readonly AgeMemId[];
export type UntrainedId = (typeof UNTRAINED_IDS)[number];

/** The settings an arm is trained with: those of a run, but for what is paid. */
export function armConfig(method: ArmId, config: GrpoConfig): GrpoConfig {
  return method === 'answer-only' ? { ...config, reward: 'answer-only' } : config;
}

export interface PlayedAs {
  readonly episode: EpisodeConfig;
  readonly refusedTools: readonly ToolName[];
}

/** The episode of a variant, from the one all share. */
export function playedAs(variant: AgeMemId, shared: EpisodeConfig): PlayedAs {
  const { config, refusedTools } = AGEMEM_VARIANTS[variant];
  return { episode: config(shared), refusedTools };
}
