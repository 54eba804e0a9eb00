/** Base and shipped adapter on one task: which tool was called in which stage, how often. */
import { useState } from 'react';
import type { EventLog } from '../../worker/protocol';
import { say } from '../language/language';
import { Scroll } from '../shell/scroll';
import type { TriedExhibit } from './exhibits/exhibit';
import type { ExhibitProps } from './exhibits-view';
import { type TriedRow, triedRows, triedWords } from './tried';

const USUAL = { resetBetweenStages: true, distractorsShared: true, sameDice: false } as const;

export function TriedView({
  exhibit,
  options,
  line,
  blocked,
  progress,
  hasShipped,
}: ExhibitProps & { readonly exhibit: TriedExhibit }) {
  const { task, dice, rollouts: size } = exhibit;
  const [rows, show] = useState<readonly TriedRow[] | null>(null);
  const play = async () => {
    const logs: EventLog[][] = [];
    for (const adapter of ['none', 'shipped'] as const) {
      const run = await line.variant({ task, options: { ...options, dice, adapter }, size, variant: USUAL });
      if (!run) return;
      logs.push(run.episodes.map(({ log }) => log));
    }
    show(triedRows(logs[0], logs[1]));
  };
  return (
    <>
      <div className="play">
        <button type="button" disabled={blocked || !hasShipped} onClick={() => void play()}>
          {say('Play and count')}
        </button>
        {!hasShipped && <span className="quiet">{say('No trained adapter lies beside the policy.')}</span>}
        {progress && (
          <span className="quiet" role="status">
            {say('{finished} of {total} rollouts done', progress)}
          </span>
        )}
      </div>
      {rows && (
        <>
          <p>{triedWords(rows, size)}</p>
          <Scroll>
            <table className="branch-rewards">
              <caption>{say('Calls in {n} rollouts', { n: size })}</caption>
              <thead>
                <tr>
                  <th scope="col">{say('Tool')}</th>
                  <th scope="col">{say('Stage')}</th>
                  <th scope="col">{say('Base')}</th>
                  <th scope="col">{say('Trained')}</th>
                </tr>
              </thead>
              <tbody>
                {rows.map(({ tool, stage, before, after }) => (
                  <tr key={`${tool}${stage}`} className={before === 0 ? 'never-tried' : ''}>
                    <th scope="row" translate="no">
                      {tool}
                    </th>
                    <td>{stage}</td>
                    <td className="number">{before}</td>
                    <td className="number">{after}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        </>
      )}
    </>
  );
}
