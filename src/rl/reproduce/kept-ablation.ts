/** Lines of an ablation that was begun before: what is whole is not trained or played again. */
import { type AblationLine, readAblationLines } from '../../evidence/ablation-lines';
import { versionOf } from '../../evidence/cell-lines';
import { isEvidenceHead } from '../../evidence/json-lines';
import type { AblationHead } from './ablation';

/** The file is of another run, or of none: going on with it would mix settings. */
export class KeptAblationError extends Error {
  override readonly name = 'KeptAblationError';
}

export interface KeptAblation {
  /** As the file has it: an older one does not tell the weights. */
  readonly head: AblationHead;
  readonly lines: readonly AblationLine[];
}

/**
 * What is whole in a file that a run with this head wrote; nothing of an empty one. A last line without its end is one that a
 * kill cut off, and is passed over. Throws `KeptAblationError`, `AblationLineError`.
 */
export function readAblation(text: string, head: AblationHead): KeptAblation {
  const lines = text.split('\n').slice(0, -1);
  const found = readAblationLines(lines);
  if (!found && lines.every(isEvidenceHead)) return { head, lines: [] };
  // As the command wrote it, where it is one of its own.
  const settings = found?.settings as AblationHead['ablation'] | undefined;
  if (!found || !settings || settingsOf({ ablation: settings }) !== settingsOf(head)) {
    throw new KeptAblationError(
      'The file is of another ablation, or of none: give its settings, or the name of a new file.',
    );
  }
  const [played, plays] = [versionOf(settings), versionOf(head.ablation)];
  if (played !== plays) {
    throw new KeptAblationError(
      `The file is of version ${played} of tasks and scores, and ${plays} is played now: give the name of a new file.`,
    );
  }
  const [theirs, ours] = [settings.weights, head.ablation.weights];
  if (theirs !== undefined && theirs !== ours) {
    throw new KeptAblationError(
      `The file is of weights ${theirs}, and ${head.ablation.model} holds ${ours}: put those back, or give the name of a new file.`,
    );
  }
  return { head: { ablation: settings }, lines: found.lines };
}

function settingsOf({ ablation }: AblationHead): string {
  return JSON.stringify({ ...ablation, weights: undefined, version: undefined });
}
