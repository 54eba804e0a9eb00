/**
 * The rollouts under one another: what each did step by step, its reward in parts with the group's mean through all
 * of them, and its advantage. A step is marked where it parts from the rollout chosen.
 */
import type { CSSProperties } from 'react';
import { figure, signed } from '../figures';
import { say } from '../language/language';
import { ToolIcon } from '../shell/tool-mark';
import type { Lane, LaneStep } from './lanes';
import { VerdictMark } from './verdict-mark';

interface LanesProps {
  readonly lanes: readonly Lane[];
  readonly chosen: number;
  /** Null before there is one. */
  readonly mean: number | null;
  readonly onChoose?: (lane: number) => void;
}

export function Lanes({ lanes, chosen, mean, onChoose }: LanesProps) {
  const sums = lanes.map(({ parts }) => ({
    up: parts.reduce((sum, { value }) => sum + Math.max(0, value), 0),
    down: parts.reduce((sum, { value }) => sum + Math.min(0, value), 0),
  }));
  const low = Math.min(0, ...sums.map(({ down }) => down));
  const span = Math.max(1, ...sums.map(({ up }) => up)) - low;
  const share = (value: number) => `${(((value - low) / span) * 100).toFixed(1)}%`;
  const most = strongest(lanes);
  return (
    <fieldset
      className="lanes"
      style={{ '--mean': mean === null ? undefined : share(mean) } as CSSProperties}
    >
      <legend className="visually-hidden">{say('Rollouts')}</legend>
      {lanes.map((lane, index) => (
        <label key={lane.k} className={`lane${index === chosen ? ' lane-chosen' : ''}`}>
          <span className="lane-name">
            <input
              type="radio"
              name="lane"
              disabled={!onChoose}
              checked={index === chosen}
              onChange={() => onChoose?.(index)}
            />
            {lane.k + 1}
          </span>
          <Cells lane={lane} most={most} partsAt={partingStep(lanes[chosen], lane)} />
          <span className="lane-reward">
            <span>{Number.isFinite(lane.reward) ? `r = ${figure(lane.reward, 2)}` : ''}</span>
            <span className={`reward-bar${mean === null ? '' : ' has-mean'}`} aria-hidden="true">
              {segments(lane).map(({ name, from, to }) => (
                <i
                  key={name}
                  className={`part-${name}`}
                  style={{ '--from': share(from), '--to': share(to) } as CSSProperties}
                />
              ))}
            </span>
          </span>
          <span
            className={`lane-advantage ${tone(lane.advantage)}`}
            style={{ '--size': (Math.abs(lane.advantage) / most || 0).toFixed(3) } as CSSProperties}
          >
            <i aria-hidden="true" />
            <span>{Number.isFinite(lane.advantage) ? `A = ${signed(lane.advantage)}` : ''}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** Largest advantage of a rollout or step, by size; what bars and fillings are measured by. */
function strongest(lanes: readonly Lane[]): number {
  const sizes = lanes.flatMap(({ advantage, steps }) =>
    [advantage, ...steps.map((step) => step.advantage)].map((value) => Math.abs(value) || 0),
  );
  return Math.max(1e-9, ...sizes);
}

/** Losses go left from zero, gains right, one after the other. */
function segments({ parts }: Lane): readonly { name: string; from: number; to: number }[] {
  let up = 0;
  let down = 0;
  return parts.flatMap(({ name, value }) => {
    if (value === 0) return [];
    const from = value > 0 ? up : down + value;
    if (value > 0) up += value;
    else down += value;
    return [{ name, from, to: from + Math.abs(value) }];
  });
}

/** Number of the first step in which a lane wrote something else than the lane chosen; null if it is that lane. */
function partingStep(chosen: Lane | undefined, lane: Lane): number | null {
  const step = lane.steps.find((own, i) => own.text !== chosen?.steps[i]?.text);
  return step?.step ?? null;
}

interface CellsProps {
  readonly lane: Lane;
  readonly most: number;
  readonly partsAt: number | null;
}

function Cells({ lane, most, partsAt }: CellsProps) {
  return (
    <span className="cells">
      {lane.steps.map((step) => {
        const parts = step.step === partsAt;
        return (
          <span
            key={step.step}
            className={`cell stage-${step.stage} ${tone(step.advantage)}${parts ? ' cell-parts' : ''}`}
            style={{ '--size': (Math.abs(step.advantage) / most).toFixed(3) } as CSSProperties}
            title={cellWords(step, parts)}
          >
            {step.marks.map((mark, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a step may call the same tool twice; its place tells them apart
              <ToolIcon key={place} name={mark} />
            ))}
            {step.verdict && <VerdictMark verdict={step.verdict} />}
            <span className="visually-hidden">{step.words} </span>
          </span>
        );
      })}
    </span>
  );
}

function cellWords({ stage, words, advantage }: LaneStep, parts: boolean): string {
  const values = { stage, words, advantage: signed(advantage) };
  return parts
    ? say('stage {stage}: {words}; A = {advantage}; here it parts from the rollout chosen', values)
    : say('stage {stage}: {words}; A = {advantage}', values);
}

function tone(advantage: number): 'better' | 'worse' | 'even' {
  if (advantage > 0) return 'better';
  return advantage < 0 ? 'worse' : 'even';
}
