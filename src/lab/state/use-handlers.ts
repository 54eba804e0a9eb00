/** The user's actions as functions that keep their identity, so that panels re-render for data only. */
import { useMemo } from 'react';
import type { AdvantageOptions, Args, StepAddress } from '../../worker/protocol';
import type { Language } from '../language/language';
import type { View } from './address';
import type { LabController } from './controller';

export function useHandlers(lab: LabController) {
  return useMemo(
    () => ({
      show: (frame: number) => lab.show(frame),
      watch: (run: number | null) => lab.reel.watch(run),
      view: (view: View) => void lab.go(view === 'lessons' ? { view, lesson: null } : { view }),
      exhibit: (exhibit: string | null) => void lab.go({ exhibit }),
      present: (present: boolean) => void lab.go({ present }),
      language: (lang: Language) => void lab.speak(lang),
      groupSize: (group: number) => void lab.go({ group }),
      plain: () => void lab.go({ method: null }),
      runEpisode: () => void lab.runEpisode(),
      group: () => void lab.runGroup(),
      regroup: (options: AdvantageOptions | null) => void lab.regroup(options),
      fork: (rollout: number, step: number, size: number) => void lab.fork(rollout, step, size),
      cancel: () => void lab.cancel(),
      keep: (ids: readonly string[]) => void lab.keepEntries(ids),
      forget: (ids: readonly string[] | 'all') => void lab.forgetEntries(ids),
      look: (place: Args<'lookInside'>) => lab.lookInside(place),
      capture: (place: Args<'captureIntermediate'>) => lab.captureIntermediate(place),
      measure: (step: StepAddress) => lab.measureKernels(step),
      bundled: () => void lab.letAct(),
      dismiss: () => lab.dismissTrouble(),
    }),
    [lab],
  );
}

export type Handlers = ReturnType<typeof useHandlers>;
