/** The whole page: one state, read once here and handed to the regions. */
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { viewFrame } from './episode/frame-view';
import { followedFrame, framesOf } from './episode/frames';
import { InsidePanel } from './episode/inside-panel';
import { LongTermPanel } from './episode/ltm-panel';
import { PolicyPanel } from './episode/policy-panel';
import { RewardsPanel } from './episode/rewards-panel';
import { ShortTermPanel } from './episode/stm-panel';
import { Timeline } from './episode/timeline';
import { GroupPanel } from './group/group-panel';
import { Colophon } from './shell/colophon';
import { Controls } from './shell/controls';
import { Masthead } from './shell/masthead';
import { Loading, Trouble } from './shell/notices';
import { TaskCard } from './shell/task-card';
import type { LabController } from './state/controller';
import { chosenSettings } from './state/lab-state';
import { useHandlers } from './state/use-handlers';
import { TrainingPanel } from './training/training-panel';

export function Lab({ lab }: { readonly lab: LabController }) {
  const state = useSyncExternalStore(lab.subscribe, lab.state, lab.state);
  const { episode, ready, busy, training, address, trouble } = state;
  const log = episode?.log ?? NO_EVENTS;
  const frames = useMemo(() => framesOf(log), [log]);
  const playing = busy?.call === 'stepEpisode' || busy?.call === 'runEpisode';
  const followed = followedFrame(frames, playing);
  const at = Math.min(state.cursor ?? followed, frames.length - 1);
  const view = useMemo(() => (frames[at] ? viewFrame(log, frames[at]) : null), [log, frames, at]);
  const on = useHandlers(lab);
  useArrowKeys(lab, at);
  const latest = training.metrics[training.metrics.length - 1] ?? null;
  return (
    <>
      <Masthead ready={ready} address={address} onView={on.view} />
      {trouble && <Trouble error={trouble.error} fatal={trouble.fatal} onDismiss={on.dismiss} />}
      {!ready && !trouble?.fatal && <Loading loading={state.loading} />}
      <main>
        <div id="episode" className="episode">
          <div className="deck">
            <Controls state={state} lab={lab} />
            <Timeline log={log} frames={frames} at={at} onShow={on.show} />
          </div>
          {episode?.opened && <TaskCard task={episode.opened.task} />}
          <div className="panels">
            <PolicyPanel
              view={view}
              streaming={at === frames.length - 1 ? (episode?.streaming ?? NO_TOKENS) : NO_TOKENS}
            />
            <ShortTermPanel view={view} />
            <LongTermPanel
              view={view}
              newest={at >= followed}
              storage={ready?.storage ?? ''}
              userMemory={state.userMemory}
              onKeep={on.keep}
              onForget={on.forget}
            />
          </div>
          <RewardsPanel reward={episode?.reward ?? null} frames={frames} onShow={on.show} />
          <InsidePanel
            key={`${episode?.episodeId}-${at}-${view?.frame.acted}`}
            view={view}
            episodeId={episode?.episodeId ?? null}
            ready={ready}
            blocked={!ready || busy !== null || training.state.kind === 'running'}
            onLook={on.look}
            onCapture={on.capture}
            onMeasure={on.measure}
          />
        </div>
        <div id="group">
          <GroupPanel
            group={state.group}
            size={address.group}
            latest={latest}
            blocked={!ready || busy !== null || training.state.kind === 'running'}
            progress={busy?.call === 'runGroup' ? state.progress : null}
            onRun={on.group}
            onSize={on.groupSize}
          />
        </div>
        <div id="training">
          <TrainingPanel
            training={training}
            ready={ready}
            settings={chosenSettings(state)}
            comparison={state.comparison}
            busy={busy !== null}
            lab={lab}
          />
        </div>
      </main>
      <Colophon />
    </>
  );
}

const NO_EVENTS = [] as const;
const NO_TOKENS = [] as const;

/** Left and right arrow move through the episode, unless a field or list wants the key. */
function useArrowKeys(lab: LabController, at: number): void {
  useEffect(() => {
    const move = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const { target } = event;
      if (target instanceof Element && target.closest('input, select, textarea, [role="listbox"]')) return;
      if (event.key === 'ArrowLeft') lab.show(at - 1);
      if (event.key === 'ArrowRight') lab.show(at + 1);
    };
    document.addEventListener('keydown', move);
    return () => document.removeEventListener('keydown', move);
  }, [lab, at]);
}
