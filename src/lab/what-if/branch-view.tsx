/** Original and branch side by side: what each did step by step, where they part, and what both were paid. */
import type { EventLog, RewardBreakdown } from '../../worker/protocol';
import type { PlayedEpisode } from '../../worker/what-if-protocol';
import { reasonWords } from '../episode/reward-words';
import { figure, signed } from '../figures';
import { briefly } from '../group/parting';
import { say } from '../language/language';
import { Scroll } from '../shell/scroll';
import { REWARD_PARTS } from '../words';
import { branchParting, lastStep, partingWords } from './branch-parting';

interface BranchViewProps {
  readonly original: PlayedEpisode;
  readonly branch: PlayedEpisode;
}

export function BranchView({ original, branch }: BranchViewProps) {
  const names = [say('As it was§column'), say('What if')] as const;
  const parting = branchParting(original.log, branch.log);
  const steps = Math.max(lastStep(original.log), lastStep(branch.log));
  return (
    <div className="branch">
      <p>
        {parting
          ? partingWords(parting)
          : say('Nothing that the policy reads has changed, so it did the same throughout.')}{' '}
        {say('R = {before} became {after} ({change}).', {
          before: figure(original.reward.total),
          after: figure(branch.reward.total),
          change: signed(branch.reward.total - original.reward.total, 3),
        })}
      </p>
      <Scroll>
        <table className="branch-steps">
          <caption className="visually-hidden">{say('Both episodes, step by step')}</caption>
          <thead>
            <tr>
              <th scope="col">{say('Step§column')}</th>
              <th scope="col">{names[0]}</th>
              <th scope="col">{names[1]}</th>
            </tr>
          </thead>
          <tbody>
            {Array.from({ length: steps }, (_, i) => i + 1).map((step) => {
              const own = briefly(original.log, step);
              const other = briefly(branch.log, step);
              return (
                <tr key={step} className={own === other ? '' : 'branch-differs'}>
                  <th
                    scope="row"
                    className={`stage-${stageOf(branch.log, step) ?? stageOf(original.log, step)}`}
                  >
                    {step}
                    {parting?.doing === step && <span className="branch-mark"> {say('they part')}</span>}
                  </th>
                  <td>{own}</td>
                  <td>{other}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </Scroll>
      <RewardsBeside original={original.reward} branch={branch.reward} names={names} />
    </div>
  );
}

const stageOf = (log: EventLog, step: number) =>
  log.find((event) => event.type === 'completion' && event.step === step)?.stage;

/** The tone of a difference in pay, as advantages have it. */
const toneOf = (difference: number) =>
  Math.abs(difference) < 1e-9 ? '' : difference > 0 ? 'better' : 'worse';

interface RewardsBesideProps {
  readonly original: RewardBreakdown;
  readonly branch: RewardBreakdown;
  readonly names: readonly [string, string];
}

export function RewardsBeside({ original, branch, names }: RewardsBesideProps) {
  const part = (reward: RewardBreakdown, name: string) => {
    const found = reward.explanation.find((one) => one.name === name);
    return found?.applicable ? found : null;
  };
  return (
    <Scroll>
      <table className="branch-rewards">
        <caption>{say('What both were paid')}</caption>
        <thead>
          <tr>
            <th scope="col">{say('Part')}</th>
            <th scope="col">{names[0]}</th>
            <th scope="col">{names[1]}</th>
            <th scope="col">{say('Change')}</th>
            <th scope="col">{say('Why')}</th>
          </tr>
        </thead>
        <tbody>
          {REWARD_PARTS.map(({ name, label }) => {
            const own = part(original, name);
            const other = part(branch, name);
            const difference = (other?.contribution ?? 0) - (own?.contribution ?? 0);
            return (
              <tr key={name} className={toneOf(difference) === '' ? '' : 'branch-differs'}>
                <th scope="row">{say(label)}</th>
                <td className="number">{own ? figure(own.value) : '–'}</td>
                <td className="number">{other ? figure(other.value) : '–'}</td>
                <td className={`number ${toneOf(difference)}`}>{signed(difference, 3)}</td>
                <td className="quiet">
                  {other && (reasonWords(other.formula) ?? <span lang="en">{other.formula}</span>)}
                </td>
              </tr>
            );
          })}
          <tr>
            <th scope="row">R</th>
            <td className="number">{figure(original.total)}</td>
            <td className="number">{figure(branch.total)}</td>
            <td className={`number ${toneOf(branch.total - original.total)}`}>
              {signed(branch.total - original.total, 3)}
            </td>
            <td className="quiet" translate="no">
              {branch.formula}
            </td>
          </tr>
        </tbody>
      </table>
    </Scroll>
  );
}
