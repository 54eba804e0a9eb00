/** What the episode was paid: every part with its value, its formula, and the events that earned it. */
import { type CSSProperties, memo } from 'react';
import type { Advice } from '../../worker/episode-protocol';
import type { ExplainedPart, RewardBreakdown } from '../../worker/protocol';
import { figure, signed } from '../figures';
import { say } from '../language/language';
import { useLanguage } from '../language/use-language';
import { Panel, SourceMark } from '../shell/panel';
import { Scroll } from '../shell/scroll';
import { Explained } from '../shell/term';
import { REWARD_GROUPS, REWARD_PARTS } from '../words';
import { type Frame, frameAt } from './frames';
import { adviceWords, reasonWords } from './reward-words';

interface RewardsPanelProps {
  readonly reward: RewardBreakdown | null;
  /** What would have earned more; null until it is known. */
  readonly advice: readonly Advice[] | null;
  readonly frames: readonly Frame[];
  readonly onShow: (frame: number) => void;
}

export const RewardsPanel = memo(function RewardsPanel({
  reward,
  advice,
  frames,
  onShow,
}: RewardsPanelProps) {
  useLanguage();
  return (
    <Panel
      title={say('Rewards')}
      className="rewards"
      part="rewards"
      note={
        reward
          ? say('Paid once, at the end of the episode, from the log of what happened.')
          : say('Paid once, at the end of the episode. Play it to its end to see what each part comes to.')
      }
    >
      <p className="total">
        {reward && <span className="total-value">{figure(reward.total)}</span>}
        <span className="total-formulas">
          <span className="formula">
            <Explained>{RULE}</Explained>
          </span>
          {reward && (
            <span className="formula" translate="no">
              R = {reward.formula.replaceAll(' x ', ' × ').replaceAll('-', '−')}
            </span>
          )}
        </span>
      </p>
      <Scroll>
        <table className="parts">
          <thead>
            <tr>
              <th scope="col">{say('Part')}</th>
              <th scope="col">{say('Value')}</th>
              <th scope="col">{say('Weight')}</th>
              <th scope="col">{say('Adds')}</th>
              <th scope="col">{say('Why')}</th>
            </tr>
          </thead>
          <tbody>
            {REWARD_PARTS.map((known) => {
              const paid = reward?.explanation.find(({ name }) => name === known.name) ?? null;
              return (
                <tr key={known.name} className={paid ? '' : 'unpaid'}>
                  <th scope="row">
                    <span className="quiet">
                      {known.group === 'Task' ? '' : `${say(REWARD_GROUPS[known.group])} · `}
                    </span>
                    {say(known.label)}
                  </th>
                  {paid ? (
                    <Paid part={paid} frames={frames} onShow={onShow} />
                  ) : (
                    <td colSpan={3}>{say('not yet')}</td>
                  )}
                  <td className="why">
                    {paid ? (
                      <Told text={paid.formula} words={reasonWords(paid.formula)} />
                    ) : (
                      <Explained>{say(known.rule)}</Explained>
                    )}{' '}
                    {known.sources.map((source) => (
                      <SourceMark key={source} source={source} />
                    ))}
                    {paid && <Reasons part={paid} frames={frames} onShow={onShow} />}
                    {paid && (
                      <EarnMore
                        advice={(advice ?? []).filter(({ part }) => part === paid.name)}
                        frames={frames}
                        onShow={onShow}
                      />
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </Scroll>
    </Panel>
  );
});

const RULE = 'R = w_task × R_task + w_ctx × R_ctx + w_mem × R_mem + w_P × P';

interface PartProps {
  readonly part: ExplainedPart;
  readonly frames: readonly Frame[];
  readonly onShow: (frame: number) => void;
}

function Paid({ part }: PartProps) {
  if (!part.applicable) return <td colSpan={3}>{say('does not apply')}</td>;
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
  return (
    <>
      {part.notes.length > 0 && (
        <ul className="notes">
          {part.notes.map((note) => (
            <li key={note}>
              <Told text={note} words={reasonWords(note)} />
            </li>
          ))}
        </ul>
      )}
      <Places events={part.events} frames={frames} onShow={onShow} />
    </>
  );
}

/** What the worker says of a reward: in words of the page, or as it came. */
function Told({ text, words }: { readonly text: string; readonly words: string | null }) {
  return words === null ? (
    <span lang="en">
      <Explained>{text}</Explained>
    </span>
  ) : (
    <Explained>{words}</Explained>
  );
}

/** What was missed: statements of what was there and was not done. */
function EarnMore({
  advice,
  frames,
  onShow,
}: {
  readonly advice: readonly Advice[];
  readonly frames: readonly Frame[];
  readonly onShow: (frame: number) => void;
}) {
  if (advice.length === 0) return null;
  return (
    <details className="earn-more">
      <summary>{say('What would have earned more')}</summary>
      <ul>
        {advice.map(({ text, events }) => (
          <li key={text}>
            <Told text={text} words={adviceWords(text)} />
            <Places events={events} frames={frames} onShow={onShow} />
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Buttons to the moments of some events. */
function Places({
  events,
  frames,
  onShow,
}: {
  readonly events: readonly number[];
  readonly frames: readonly Frame[];
  readonly onShow: (frame: number) => void;
}) {
  const places = [
    ...new Set(events.map((seq) => frameAt(frames, seq)).filter((frame) => frame !== undefined)),
  ];
  if (places.length === 0) return null;
  return (
    <span className="places">
      {places.map((frame) => (
        <button type="button" key={frame.index} className="plain small" onClick={() => onShow(frame.index)}>
          {say('show moment {n}', { n: frame.index + 1 })}
        </button>
      ))}
    </span>
  );
}
