/** The moments of the episode as a slider under a strip of stages: back and forward, by mouse, touch or keys. */
import { type CSSProperties, useId } from 'react';
import type { EventLog } from '../../worker/protocol';
import { STAGES } from '../words';
import { actionWords } from './action-view';
import type { Frame } from './frames';

interface TimelineProps {
  readonly log: EventLog;
  readonly frames: readonly Frame[];
  /** Index of the frame shown. */
  readonly at: number;
  readonly onShow: (frame: number) => void;
}

export function Timeline({ log, frames, at, onShow }: TimelineProps) {
  const id = useId();
  const frame = frames[at];
  if (!frame) return null;
  return (
    <div className="timeline" data-lesson="timeline">
      <div className="timeline-buttons">
        <button type="button" onClick={() => onShow(at - 1)} disabled={at === 0}>
          <span aria-hidden="true">◂ </span>Back
        </button>
        <button type="button" onClick={() => onShow(at + 1)} disabled={at >= frames.length - 1}>
          Forward<span aria-hidden="true"> ▸</span>
        </button>
      </div>
      <div className="timeline-track">
        <ol className="timeline-stages" aria-hidden="true">
          {stretches(frames).map(({ stage, length }) => (
            <li key={stage} className={`stage-${stage}`} style={{ '--length': length } as CSSProperties}>
              {stage} {STAGES[stage].name}
            </li>
          ))}
        </ol>
        <input
          id={id}
          type="range"
          min={0}
          max={Math.max(0, frames.length - 1)}
          step={1}
          value={at}
          style={{ '--moments': frames.length } as CSSProperties}
          aria-label="Moment of the episode"
          aria-valuetext={frameWords(log, frame, frames.length)}
          onChange={(event) => onShow(Number(event.target.value))}
        />
      </div>
      <output htmlFor={id} className="timeline-words">
        {frameWords(log, frame, frames.length)}
      </output>
    </div>
  );
}

function stretches(frames: readonly Frame[]): { stage: Frame['stage']; length: number }[] {
  const found: { stage: Frame['stage']; length: number }[] = [];
  for (const { stage } of frames) {
    const last = found[found.length - 1];
    if (last?.stage === stage) last.length++;
    else found.push({ stage, length: 1 });
  }
  return found;
}

/** "Moment 3 of 9, stage 1: add to memory". */
export function frameWords(log: EventLog, frame: Frame, total: number): string {
  const place = `Moment ${frame.index + 1} of ${total}, stage ${frame.stage}`;
  if (frame.kind === 'reset') return `${place}: the context is emptied`;
  if (!frame.acted)
    return frame.last ? `${place}: the episode ends` : `${place}: the policy has not acted yet`;
  const parsed = log.find(
    (event) => event.type === 'parsed' && event.seq >= frame.from && event.seq < frame.to,
  );
  return `${place}: ${parsed?.type === 'parsed' ? actionWords(parsed.action) : 'broken off'}`;
}
