/** A moment: the clock's time, how long ago in words, and the exact time for whoever points at it. */

import { say } from '../language/language';
import { ago, clock, exactly } from './times';

interface WhenProps {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly now: number;
  /** Only how long ago. */
  readonly short?: boolean;
}

export function When({ at, now, short = false }: WhenProps) {
  return (
    <time dateTime={new Date(at).toISOString()} title={exactly(at)}>
      {short ? ago(at, now) : say('{clock}, {ago}', { clock: clock(at, now), ago: ago(at, now) })}
    </time>
  );
}
