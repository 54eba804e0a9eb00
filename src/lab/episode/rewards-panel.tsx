/** What the episode was paid: every part with its value, its formula, and the events that earned it. */
import { type CSSProperties, memo } from 'react';
import type { ExplainedPart, RewardBreakdown } from '../../worker/protocol';
import { figure, signed } from '../figures';
import { Panel, SourceMark } from '../shell/panel';
import { Explained } from '../shell/term';
import { REWARD_PARTS } from '../words';
import { type Frame, frameAt } from './frames';

interface RewardsPanelProps {
  readonly reward: RewardBreakdown | null;
  readonly frames: readonly Frame[];
  readonly onShow: (frame: number) => void;
}

export const RewardsPanel = memo(function RewardsPanel({ reward, frames, onShow }: RewardsPanelProps) {
  return (
    <Panel
      title="Rewards"
      className="rewards"
      part="rewards"
      note={
        reward
          ? 'Paid once, at the end of the episode, from the log of what happened.'
          : 'Paid once, at the end of the episode. Play it to its end to see what each part comes to.'
      }
    >
      <p className="total">
        {reward ? (
          <>
            <span className="total-value">{figure(reward.total)}</span>{' '}
            <span className="formula">R = {reward.formula}</span>
          </>
        ) : (
          <span className="formula">
            <Explained>R = w_task · R_task + w_ctx · R_ctx + w_mem · R_mem + P</Explained>
          </span>
        )}
      </p>
      <div className="scroll">
        <table className="parts">
          <thead>
            <tr>
              <th scope="col">Part</th>
              <th scope="col">Value</th>
              <th scope="col">Weight</th>
              <th scope="col">Adds</th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {REWARD_PARTS.map((known) => {
              const paid = reward?.explanation.find(({ name }) => name === known.name) ?? null;
              return (
                <tr key={known.name} className={paid ? '' : 'unpaid'}>
                  <th scope="row">
                    <span className="quiet">{known.group === 'Task' ? '' : `${known.group} · `}</span>
                    {known.name}
                  </th>
                  {paid ? <Paid part={paid} frames={frames} onShow={onShow} /> : <td colSpan={3}>not yet</td>}
                  <td className="why">
                    <Explained>{paid ? paid.formula : known.rule}</Explained>{' '}
                    {known.sources.map((source) => (
                      <SourceMark key={source} source={source} />
                    ))}
                    {paid && <Reasons part={paid} frames={frames} onShow={onShow} />}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Panel>
  );
});

interface PartProps {
  readonly part: ExplainedPart;
  readonly frames: readonly Frame[];
  readonly onShow: (frame: number) => void;
}

function Paid({ part }: PartProps) {
  if (!part.applicable) return <td colSpan={3}>does not apply</td>;
  return (
    <>
      <td className="number">{figure(part.value)}</td>
      <td className="number quiet">× {figure(part.weight)}</td>
      <td className={`number contribution ${part.contribution < 0 ? 'negative' : 'positive'}`}>
        <span
          className="contribution-bar"
          aria-hidden="true"
          style={{ '--size': Math.min(1, Math.abs(part.contribution) * 3).toFixed(3) } as CSSProperties}
        />
        {signed(part.contribution, 3)}
      </td>
    </>
  );
}

function Reasons({ part, frames, onShow }: PartProps) {
  const places = [
    ...new Set(part.events.map((seq) => frameAt(frames, seq)).filter((frame) => frame !== undefined)),
  ];
  return (
    <>
      {part.notes.length > 0 && (
        <ul className="notes">
          {part.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {places.length > 0 && (
        <span className="places">
          {places.map((frame) => (
            <button
              type="button"
              key={frame.index}
              className="plain small"
              onClick={() => onShow(frame.index)}
            >
              show moment {frame.index + 1}
            </button>
          ))}
        </span>
      )}
    </>
  );
}
