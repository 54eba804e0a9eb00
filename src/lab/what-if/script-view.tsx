/** A script carried out by the lab's tools: every step with what it changed, and what it was paid. */
import { useMemo, useState } from 'react';
import type { RewardBreakdown } from '../../worker/protocol';
import type { PlayedEpisode } from '../../worker/what-if-protocol';
import { ActionView } from '../episode/action-view';
import { viewFrame } from '../episode/frame-view';
import { framesOf } from '../episode/frames';
import { figure } from '../figures';
import { say } from '../language/language';
import { Say } from '../language/say';
import { StageMark } from '../shell/panel';
import { RewardsBeside } from './branch-view';
import type { ScriptExhibit } from './exhibits/exhibit';
import type { ExhibitProps } from './exhibits-view';

interface Played {
  readonly episode: PlayedEpisode;
  readonly anyUpdate: RewardBreakdown | null;
}

export function ScriptView({ exhibit, line, blocked }: ExhibitProps & { readonly exhibit: ScriptExhibit }) {
  const [played, show] = useState<Played | null>(null);
  const play = async () => {
    const episode = await line.script({ script: exhibit.script });
    if (!episode) return;
    const { task, log, reward } = episode;
    const anyUpdate = exhibit.alsoAnyUpdate
      ? await line.payAgain({ task, log, weights: reward.weights, maintenance: 'any' })
      : undefined;
    show({ episode, anyUpdate: anyUpdate ?? null });
  };
  return (
    <>
      <button type="button" disabled={blocked} onClick={() => void play()}>
        {say('Carry out the script')}
      </button>
      {played && <Steps episode={played.episode} />}
      {played?.anyUpdate && (
        <RewardsBeside
          original={played.episode.reward}
          branch={played.anyUpdate}
          names={[say('meaningful'), say('any update')]}
        />
      )}
    </>
  );
}

function Steps({ episode: { log, reward } }: { readonly episode: PlayedEpisode }) {
  const views = useMemo(() => framesOf(log).map((frame) => viewFrame(log, frame)), [log]);
  return (
    <>
      <ol className="script-steps">
        {views.map((view) => {
          const arrived = view.context.filter(
            ({ mark, message }) => mark === 'arrived' && message.role === 'user',
          );
          const memory = view.memory.filter(({ mark }) => mark !== 'deleted');
          return (
            <li key={view.frame.index}>
              <StageMark stage={view.frame.stage} />
              {view.reset && <p>{say('Short-term memory is emptied; long-term memory stays.')}</p>}
              {arrived.map(({ message }) => (
                <p key={message.id} className="script-said">
                  <span className="quiet">{say('user:')}</span> <span lang="en">{message.content}</span>
                </p>
              ))}
              {view.action && (
                <ActionView action={view.action} calls={view.calls} environment={view.environment} />
              )}
              <p className="quiet">
                {memory.length === 0 ? (
                  say('In the context: {n} tokens. In long-term memory: nothing.', { n: view.tokens })
                ) : (
                  <Say
                    text="In the context: {n} tokens. In long-term memory: {entries}."
                    with={{
                      n: view.tokens,
                      entries: (
                        <span lang="en">
                          {memory.map(({ entry }) => `${entry.id} “${entry.content}”`).join('; ')}
                        </span>
                      ),
                    }}
                  />
                )}
              </p>
            </li>
          );
        })}
      </ol>
      <p>
        R = {figure(reward.total)}:{' '}
        <span className="formula" translate="no">
          {reward.formula}
        </span>
      </p>
    </>
  );
}
