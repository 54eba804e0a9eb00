/** The lab's long page: one episode, a group, training. What each shows follows from the one state. */
import { useCallback, useEffect, useMemo } from 'react';
import { BaselinesPanel } from './baselines/baselines-panel';
import { BeforeAfter } from './episode/before-after';
import { callChanges } from './episode/call-change';
import { viewFrame } from './episode/frame-view';
import { followedFrame, framesOf } from './episode/frames';
import { InsidePanel } from './episode/inside-panel';
import { LongTermPanel } from './episode/ltm-panel';
import { viewMoment } from './episode/moment-view';
import { DWELL, shownEpisode } from './episode/playback';
import { PolicyPanel } from './episode/policy-panel';
import { RewardsPanel } from './episode/rewards-panel';
import { ShortTermPanel } from './episode/stm-panel';
import { Timeline } from './episode/timeline';
import { GroupPanel } from './group/group-panel';
import { JudgePanel } from './judge/judge-panel';
import { say } from './language/language';
import { OwnPanel } from './own/own-panel';
import { Controls } from './shell/controls';
import { TaskCard } from './shell/task-card';
import { changeIn } from './state/branch-change';
import type { LabController } from './state/controller';
import { chosenSettings, type LabState } from './state/lab-state';
import type { Handlers } from './state/use-handlers';
import { adapterKey } from './table/adapter-key';
import { TablePanel } from './table/table-panel';
import { VariantNotice } from './table/variant-notice';
import { TrainingPanel } from './training/training-panel';
import { WhatIfPanel } from './what-if/what-if-panel';
import { WorldPanel } from './worlds/world-panel';

interface LongPageProps {
  readonly state: LabState;
  readonly lab: LabController;
  readonly on: Handlers;
}

export function LongPage({ state, lab, on }: LongPageProps) {
  const { ready, busy, training, address, playback } = state;
  const settings = useMemo(() => chosenSettings({ address, ready }), [address, ready]);
  const episode = shownEpisode(state);
  const { log, recorded } = episode;
  const frames = useMemo(() => framesOf(log), [log]);
  const acting = busy?.call === 'stepEpisode' || busy?.call === 'runEpisode';
  const followed = followedFrame(frames, acting && recorded === null);
  const at = Math.min(state.cursor ?? followed, frames.length - 1);
  const { token } = playback;
  const frame = frames[at];
  const whole = useMemo(() => (frame ? viewFrame(log, frame) : null), [log, frame]);
  const view = useMemo(
    () => (frame && token !== null ? viewMoment(log, frame, token) : whole),
    [log, frame, token, whole],
  );
  const changes = useMemo(() => (frame ? callChanges(log, frame) : []), [log, frame]);
  const blocked = !ready || busy !== null || training.state.kind === 'running';
  const { episodeId } = episode;
  /** Of the engine's model; with another provider nobody can look inside. */
  const layers = ready?.model.provider === 'engine' ? ready.model.layers : null;
  const ask = useCallback(
    (step: number, at: number) =>
      episodeId === null || !layers
        ? Promise.resolve(undefined)
        : on.look({ episodeId, step, token: at, layer: layers - 1 }),
    [episodeId, layers, on],
  );
  useArrowKeys(lab);
  useClock(lab, state, at);
  const live = recorded === null ? state.episode : null;
  const original = useMemo(
    () =>
      live?.done && live.opened && live.reward
        ? { task: live.opened.task, log: live.log, reward: live.reward }
        : null,
    [live],
  );
  const judging = busy?.call === 'judgeEpisode' || busy?.call === 'judgeAgreement' ? busy.call : null;
  const { family, split, difficulty, seed, set, adapter, dice, reward } = address;
  const { summaries, distractors } = address;
  const writers = useMemo(() => ({ summaries, distractors }), [summaries, distractors]);
  const task = useMemo(
    () => ({ family, split, difficulty, seed, set }),
    [family, split, difficulty, seed, set],
  );
  const change = useMemo(() => changeIn(address), [address]);
  const options = useMemo(() => ({ adapter, dice, reward }), [adapter, dice, reward]);
  const latest = training.metrics[training.metrics.length - 1] ?? null;
  return (
    <main>
      <div id="episode" className="episode">
        {playback.recording && (
          <BeforeAfter
            recording={playback.recording}
            watched={recorded}
            live={ready !== null}
            onWatch={on.watch}
          />
        )}
        <div className="deck">
          {playback.recording && recorded === null && (
            <p className="notice recorded-notice" role="status">
              <strong>{say('Live.')}</strong>{' '}
              {say('This is the player chosen below, played in this tab now. The recorded runs stay above.')}
            </p>
          )}
          {recorded !== null && (
            <p className="notice recorded-notice" role="status">
              <strong>{say('Recorded.')}</strong>{' '}
              {recorded === 0
                ? say('This is the untrained policy of the runs above, not played now.')
                : say('This is the trained policy of the runs above, not played now.')}{' '}
              {ready
                ? say('“Back to the live episode” shows the one played here.')
                : say('The live lab is loading.')}
            </p>
          )}
          <Timeline
            log={log}
            frames={frames}
            at={at}
            tokens={whole?.completion?.tokens.length ?? 0}
            playback={playback}
            playable={recorded !== null || episode.done || (episodeId !== null && !blocked)}
            reel={lab.reel}
          />
          <Controls state={state} lab={lab} />
          {address.method !== null && <VariantNotice method={address.method} onBack={on.plain} />}
        </div>
        {episode.task && <TaskCard task={episode.task} />}
        {episode.task && frame && (
          <WorldPanel task={episode.task} log={log} until={frame.to} line={lab.worlds} />
        )}
        <div className="panels">
          <PolicyPanel
            view={view}
            streaming={at === frames.length - 1 ? episode.streaming : NO_TOKENS}
            changes={changes}
            token={token}
            onAsk={episodeId === null ? null : ask}
            blocked={blocked}
          />
          <ShortTermPanel view={view} />
          <LongTermPanel
            view={view}
            newest={recorded === null && at >= followed}
            storage={ready?.storage ?? ''}
            userMemory={state.userMemory}
            promised={state.promised}
            onKeep={on.keep}
            onForget={on.forget}
          />
        </div>
        <RewardsPanel reward={episode.reward} advice={episode.advice} frames={frames} onShow={on.show} />
        <JudgePanel
          ready={ready}
          episode={original}
          group={state.group}
          log={live?.log ?? NO_EVENTS}
          written={live?.opened?.distractors ?? null}
          writers={writers}
          trained={training.trained}
          blocked={blocked}
          running={judging}
          progress={judging && state.progress}
          line={lab.judge}
        />
        <InsidePanel
          key={`${episodeId}-${at}-${frame?.acted}`}
          view={whole}
          episodeId={episodeId}
          ready={ready}
          blocked={blocked}
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
          blocked={blocked}
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
        change={change}
        exhibit={address.exhibit}
        onExhibit={on.exhibit}
        onRunEpisode={on.runEpisode}
      />
      <BaselinesPanel
        ready={ready}
        task={live?.opened?.task ?? null}
        options={live?.opened?.options ?? null}
        log={live?.log ?? NO_EVENTS}
        weights={`${training.nth}/${training.metrics.length}`}
        blocked={blocked}
        progress={busy?.call === 'playBaseline' ? (state.progress ?? NO_PROGRESS) : null}
        line={lab.baselines}
      />
      <OwnPanel
        ready={ready !== null}
        line={lab.own}
        reward={reward}
        playing={set}
        blocked={blocked}
        progress={busy?.call === 'evaluateTaskSet' ? state.progress : null}
      />
      <div id="training">
        <TrainingPanel
          training={training}
          ready={ready}
          settings={settings}
          comparison={state.comparison}
          busy={busy !== null}
          noRoom={state.trouble?.error.code === 'run-no-room'}
          lab={lab}
        />
      </div>
      <TablePanel
        line={lab.table}
        model={ready?.model.id ?? null}
        weights={adapterKey(training)}
        blocked={blocked}
        progress={busy?.call === 'replayCell' ? state.progress : null}
      />
    </main>
  );
}

const NO_TOKENS = [] as const;
const NO_EVENTS = [] as const;
const NO_PROGRESS = { finished: 0, total: 0 };

/** Left and right arrow move through the episode, unless a field or list wants the key; with Shift by a stage. */
function useArrowKeys(lab: LabController): void {
  useEffect(() => {
    const move = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
      const { target } = event;
      if (target instanceof Element && target.closest('input, select, textarea, [role="listbox"]')) return;
      const direction = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : null;
      if (direction) lab.reel.move(direction, event.shiftKey ? 'stage' : undefined);
    };
    document.addEventListener('keydown', move);
    return () => document.removeEventListener('keydown', move);
  }, [lab]);
}

/** While it plays, one move after the other; the clock waits for a policy that is writing. */
function useClock(lab: LabController, { playback, busy, episode }: LabState, at: number): void {
  const { playing, unit, speed, token, watched } = playback;
  // The recorded episode plays while the policy is busy with the live one.
  const waits = busy !== null && watched === null;
  const length = episode?.log.length ?? 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: every new place, and every end of a call, starts the clock anew
  useEffect(() => {
    if (!playing || waits) return;
    const timer = setTimeout(() => void lab.reel.tick(), DWELL[unit] / speed);
    return () => clearTimeout(timer);
  }, [lab, playing, unit, speed, token, at, waits, length]);
}
