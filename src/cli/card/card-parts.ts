/** What the cards of all policies of the site have alike: who may use the weights, their form, how they were measured. */
import type { ModelConfig } from '../../engine/model/model-config';
import { DEMONSTRATOR_ERRORS } from '../../policies/scripted-noise';
import type { Evaluation } from '../../rl/evaluate';
import type { ModelCard } from '../../worker/model-card';
import type { LossLine } from './loss-curve';

/** A card for people, and what the page shows of it. */
export interface WrittenCard {
  /** Markdown. */
  readonly text: string;
  readonly facts: ModelCard;
  /** Of the run that made the model, for the curve. */
  readonly losses: readonly LossLine[];
}

/** Read by hubs of models. */
export const FRONT_MATTER = `---
license: apache-2.0
language: en
pipeline_tag: text-generation
tags:
  - agemem
  - memory
  - tool-use
---
`;

export const LICENCE = `**Licence.** Apache-2.0, as the project. The weights are its own: made by its commands from texts that its generators
write, with no third-party weights and no third-party data.`;

/** One sentence, without its end. */
export function shapeWords(m: ModelConfig): string {
  return `A decoder of ${m.layers} layers (${m.architecture} layout, hidden ${m.hiddenSize}, ${m.heads} query and ${m.kvHeads} key-value heads,
feed-forward ${m.intermediateSize}, tied embeddings, ${m.vocabSize} tokens of byte-level BPE), stored as F16`;
}

/** Of the errors that are made. */
export function errorTable(): string {
  const made = Object.entries(DEMONSTRATOR_ERRORS).filter(([, rate]) => rate > 0);
  const rows = made.map(([name, rate]) => `| ${name} | ${rate} |`);
  return ['| error | rate |', '| --- | --- |', ...rows].join('\n');
}

export const figure = (value: number) => value.toFixed(3);
export const percent = (value: number) => `${(100 * value).toFixed(1)} %`;

export type EvaluationRow = readonly [name: string, evaluation: Evaluation];

/** @param named heading of the column of names */
export function evaluationTable(named: string, rows: readonly EvaluationRow[]): string {
  const heads = [
    named,
    'composite',
    'task',
    'context',
    'memory',
    'storage precision',
    'well-formed steps',
    'values copied exactly',
    'episodes',
  ];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map((row) => line(cells(row)))].join('\n');
}

function cells([name, e]: EvaluationRow): readonly string[] {
  return [
    name,
    figure(e.reward),
    `${figure(e.task)} ± ${figure(e.stderr.task)}`,
    figure(e.context),
    figure(e.memory),
    figure(e.storage_precision),
    percent(e.wellformed),
    percent(e.copied_exactly),
    String(e.n),
  ];
}
