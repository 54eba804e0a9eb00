/** A recorded training run as `scripts/evidence.mjs` keeps it: a head with command and commit, a line a step, the evaluation. */
import type { Evaluation, TrainingMetrics } from '../../worker/protocol';

export interface RecordedTraining {
  readonly command: string;
  readonly commit: string;
  readonly date: string;
  readonly steps: readonly TrainingMetrics[];
  readonly before: Evaluation;
  readonly after: Evaluation;
}

export class RecordingError extends Error {
  override readonly name = 'RecordingError';
}

/** Throws `RecordingError` for a text that is not such a file, or one whose run did not end. */
export function readRecording(text: string): RecordedTraining {
  const [head, ...lines] = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const evaluation = lines.find((line) => 'eval' in line)?.eval as
    | { readonly before: Evaluation; readonly after: Evaluation }
    | undefined;
  if (typeof head?.command !== 'string' || !evaluation) {
    throw new RecordingError('This is no recorded run that ended. Make it anew with its command.');
  }
  return {
    command: head.command,
    commit: String(head.commit),
    date: String(head.date).slice(0, 10),
    steps: lines.filter((line) => 'step' in line) as unknown as TrainingMetrics[],
    ...evaluation,
  };
}
