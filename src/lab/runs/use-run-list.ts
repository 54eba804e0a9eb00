/**
 * The list of runs as it is now: read anew when something may have changed, here or in another tab, and replaced by
 * what an act of the panel has made of it. A reading that began before such an act ended knows less than the act does:
 * it is dropped, and the list is read once more.
 */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { RunList } from '../../worker/runs-protocol';
import { Latest } from '../state/latest';
import type { RunsLine } from '../state/runs-line';

/**
 * @param moment another text: something may have changed
 * @param onTrouble a reading failed; it stays the same function
 * @returns the list, null before it was read, and how an act puts its own in its place
 */
export function useRunList(
  line: RunsLine,
  moment: string,
  onTrouble: (error: unknown) => void,
): readonly [list: RunList | null, renew: (list: RunList) => void] {
  const [list, show] = useState<RunList | null>(null);
  const acts = useRef(0);
  const renew = useCallback((made: RunList) => {
    acts.current++;
    show(made);
  }, []);
  const readings = useMemo(() => {
    const reading = new Latest<null>(async () => {
      const before = acts.current;
      try {
        const found = await line.call('listRuns', {});
        if (acts.current === before) show(found);
        else reading.want(null);
      } catch (error) {
        onTrouble(error);
      }
    });
    return reading;
  }, [line, onTrouble]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `moment` says that the list may be another one
  useEffect(() => readings.want(null), [readings, moment]);
  useEffect(() => {
    // Another tab may have trained or deleted one meanwhile.
    const back = () => document.visibilityState === 'visible' && readings.want(null);
    document.addEventListener('visibilitychange', back);
    return () => document.removeEventListener('visibilitychange', back);
  }, [readings]);
  return [list, renew];
}
