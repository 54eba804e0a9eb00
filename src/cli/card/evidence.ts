/** Raw output of commands as it is kept under docs/evidence: JSON Lines, the first of which says where it comes from. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelFileError } from '../../engine/errors';
import type { Evaluation } from '../../rl/evaluate';
import type { TrainingMetrics } from '../../rl/metrics';
import type { LossLine } from './loss-curve';

/** The evidence of one model: files of a folder that name the command first, then the model (`train-worlds-1.jsonl`). */
export class Evidence {
  constructor(
    private readonly folder: string,
    /** What its files are called by, after the command; empty: nothing. */
    private readonly model: string,
  ) {}

  /** Below the project, as a card names it. @param name begins with the command, as of the model without a name */
  path(name: string): string {
    const named = this.model === '' ? name : name.replace(/^[a-z]+/, (command) => `${command}-${this.model}`);
    return join(this.folder, `${named}.jsonl`);
  }

  has(name: string): boolean {
    return existsSync(this.path(name));
  }

  /** Every update of a run that made the model. */
  async losses(name = 'pretrain-loss'): Promise<readonly LossLine[]> {
    const run = (await this.lines(name)) as (LossLine | object)[];
    return run.filter((line): line is LossLine => 'update' in line && 'loss' in line);
  }

  /** Every step of a training run. */
  async steps(name: string): Promise<readonly TrainingMetrics[]> {
    const run = (await this.lines(name)) as (TrainingMetrics | object)[];
    return run.filter((line): line is TrainingMetrics => 'step' in line && 'rewards' in line);
  }

  /** The result is the last line. @throws ModelFileError if it is none */
  async evaluation(name: string): Promise<Evaluation> {
    const found = (await this.lines(name)).at(-1) as Partial<Evaluation> | undefined;
    if (typeof found?.reward !== 'number')
      throw new ModelFileError(
        'no-evaluation',
        `${this.path(name)} holds no evaluation: its last line has no reward. Run npm run evaluate -- --json again and keep its output there.`,
      );
    return found as Evaluation;
  }

  private async lines(name: string): Promise<unknown[]> {
    const content = await readFile(this.path(name), 'utf8');
    return content
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
  }
}
