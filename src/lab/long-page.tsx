/** The lab's long page: one episode, a group, training. What each shows follows from the one state. */
import { useEffect, useMemo } from 'react';
import { viewFrame } from './episode/frame-view';
import { followedFrame, framesOf } from './episode/frames';
import { InsidePanel } from './episode/inside-panel';
import { LongTermPanel } from './episode/ltm-panel';
import { PolicyPanel } from './episode/policy-panel';
import { RewardsPanel } from './episode/rewards-panel';
import { ShortTermPanel } from './episode/stm-panel';
import { Timeline } from './episode/timeline';
import { GroupPanel } from './group/group-panel';
import { Controls } from './shell/controls';
import { TaskCard } from './shell/task-card';
import type { LabController } from './state/controller';
import { chosenSettings, type LabState } from './state/lab-state';
import type { Handlers } from './state/use-handlers';
import { TrainingPanel } from './training/training-panel';
import { WhatIfPanel } from './what-if/what-if-panel';

interface LongPageProps {
  readonly state: LabState;
  readonly lab: LabController;
  readonly on: Handlers;
}

export function LongPage({ state, lab, on }: LongPageProps) {
  const { episode, ready, busy, training, address } = state;
  const settings = useMemo(() => chosenSettings({ address, ready }), [address, ready]);
  const log = episode?.log ?? NO_EVENTS;
  const frames = useMemo(() => framesOf(log), [log]);
  const playing = busy?.call === 'stepEpisode' || busy?.call === 'runEpisode';
  const followed = followedFrame(frames, playing);
  const at = Math.min(state.cursor ?? followed, frames.length - 1);
  const view = useMemo(() => (frames[at] ? viewFrame(log, frames[at]) : null), [log, frames, at]);
  useArrowKeys(lab, at);
  const original = useMemo(
    () =>
      episode?.done && episode.opened && episode.reward
        ? { task: episode.opened.task, log: episode.log, reward: episode.reward }
        : null,
    [episode],
  );
  const { family, split, difficulty, seed, adapter, dice, reward } = address;
  const task = useMemo(() => ({ family, split, difficulty, seed }), [family, split, difficulty, seed]);
  const options = useMemo(() => ({ adapter, dice, reward }), [adapter, dice, reward]);
  const latest = training.metrics[training.metrics.length - 1] ?? null;
  return (
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
          look={state.groupLook}
          size={address.group}
          latest={latest}
          blocked={!ready || busy !== null || training.state.kind === 'running'}
          progress={busy?.call === 'runGroup' ? state.progress : null}
          onRun={on.group}
          onSize={on.groupSize}
          forking={busy?.call === 'forkStep' ? state.progress : null}
          onRegroup={on.regroup}
          onFork={on.fork}
          onCancel={on.cancel}
        />
      </div>
      <WhatIfPanel
        original={original}
        task={task}
        options={options}
        hasShipped={ready?.model.hasShippedAdapter ?? false}
        step={view?.frame.step ?? 1}
        blocked={!ready || busy !== null || training.state.kind === 'running'}
        progress={busy?.call === 'branchEpisode' || busy?.call === 'playVariant' ? state.progress : null}
        line={lab.whatIf}
        onRunEpisode={on.runEpisode}
      />
      <div id="training">
        <TrainingPanel
          training={training}
          ready={ready}
          settings={settings}
          comparison={state.comparison}
          busy={busy !== null}
          lab={lab}
        />
      </div>
    </main>
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
