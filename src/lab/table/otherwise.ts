/**
 * What is otherwise here than when a cell was played, as far as its line tells it and whoever plays it here: why its seeds,
 * played again, may come to other figures. Numerics are to blame only where nothing else is.
 */
import { type CellLine, versionOf } from '../../evidence/cell-lines';
import type { PlayedNow } from '../../worker/table-protocol';
import { say } from '../language/language';

/** As a line says of a player who computes nothing. */
export const NO_DEVICE = 'none';

type Told = Pick<CellLine, 'weights' | 'version' | 'backend'>;

/** What is known to differ, apart from the device, as sentences; none: nothing is. */
export function knownOtherwise(line: Told, now: PlayedNow): readonly string[] {
  const told: string[] = [];
  const { weights, version } = now;
  if (line.weights !== undefined && weights !== null && line.weights !== weights) {
    told.push(
      say('Its weights were others ({old}; here {now}), though they have the same name.', {
        old: line.weights,
        now: weights,
      }),
    );
  }
  const then = versionOf(line);
  if (then !== version) {
    told.push(
      say('It was played under version {old} of tasks, memories and scores; here it is {now}.', {
        old: then,
        now: version,
      }),
    );
  }
  return told;
}

/**
 * Why a seed that was played again came to another mean.
 * @param own it was played in this browser, under a name for all that it depends on: nothing but numerics is left
 */
export function whyOtherwise(line: Told, now: PlayedNow, own: boolean): string {
  const known = own ? [] : knownOtherwise(line, now);
  if (known.length > 0) return known.join(' ');
  if (line.backend === NO_DEVICE) {
    return say('All that it depends on is the same here: this should not be, and is an error of the lab.');
  }
  const untold =
    !own && line.weights === undefined
      ? [say('Its line does not tell its weights: they may have been others.')]
      : [];
  const device =
    line.backend === now.backend
      ? say('The device is of the same kind; even so sums may be rounded otherwise.')
      : say('It was played on {old}, here it is {now}: another device may round otherwise.', {
          old: line.backend,
          now: now.backend,
        });
  return [...untold, device].join(' ');
}
