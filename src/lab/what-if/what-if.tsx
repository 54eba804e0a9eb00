/** The what-if page of an episode, loaded when it is asked for: change something and play it again, or look at an exhibit. */
import '../styles/what-if.css';
import { useState } from 'react';
import type { PlayOptions, TaskAddress } from '../../worker/protocol';
import type { WhatIf as Changed, PlayedEpisode } from '../../worker/what-if-protocol';
import { say } from '../language/language';
import { Empty } from '../shell/panel';
import type { WhatIfLine } from '../state/what-if-line';
import { BranchView } from './branch-view';
import { ChangeForm } from './change-form';
import { changesIn, type Draft, draftOf, type Original, whatIfOf } from './draft';
import { Exhibits } from './exhibits-view';

export interface WhatIfProps {
  /** Null until the episode on view is over. */
  readonly original: Original | null;
  readonly task: TaskAddress;
  readonly options: PlayOptions;
  readonly hasShipped: boolean;
  /** The step on view. */
  readonly step: number;
  readonly blocked: boolean;
  readonly progress: { readonly finished: number; readonly total: number } | null;
  readonly line: WhatIfLine;
  readonly onRunEpisode: () => void;
}

export default function WhatIf(props: WhatIfProps) {
  const { original, blocked, onRunEpisode } = props;
  return (
    <div className="what-if">
      {original ? (
        <Branching
          key={original.log[0]?.type === 'episode-started' ? original.log[0].episodeId : ''}
          {...props}
          original={original}
        />
      ) : (
        <div className="play">
          <Empty>{say('A branch is compared with an episode that is over.')}</Empty>
          <button type="button" disabled={blocked} onClick={onRunEpisode}>
            {say('Play it to its end')}
          </button>
        </div>
      )}
      <Exhibits {...props} />
    </div>
  );
}

const inOneLine = (changes: readonly string[]) => changes.join(say('; §list'));

function Branching({
  original,
  options,
  step,
  blocked,
  progress,
  line,
}: WhatIfProps & { readonly original: Original }) {
  const [draft, edit] = useState<Draft>(() => draftOf(original, step));
  const [result, show] = useState<{ branch: PlayedEpisode; whatIf: Changed } | null>(null);
  const whatIf = whatIfOf(draft, original);
  const changes = changesIn(whatIf, original);
  const play = async () => {
    const branch = await line.branch({
      task: original.task,
      log: original.log,
      adapter: options.adapter,
      whatIf,
    });
    if (branch) show({ branch, whatIf });
  };
  return (
    <>
      <ChangeForm
        original={original}
        draft={draft}
        onChange={(part) => edit((before) => ({ ...before, ...part }))}
      />
      <p className="quiet" aria-live="polite">
        {changes.length === 0
          ? say('Nothing is changed yet.')
          : say('Changed: {changes}.', { changes: inOneLine(changes) })}
      </p>
      <div className="play">
        <button
          type="button"
          className="primary"
          disabled={blocked || changes.length === 0}
          onClick={() => void play()}
        >
          {say('Play what if')}
        </button>
        <button
          type="button"
          disabled={changes.length === 0}
          onClick={() => edit(draftOf(original, draft.step))}
        >
          {say('As it was§button')}
        </button>
        {progress && (
          <>
            <span className="quiet" role="status">
              {say('{n} steps', { n: progress.finished })}
            </span>
            <button type="button" onClick={() => void line.cancel()}>
              {say('Cancel what if')}
            </button>
          </>
        )}
      </div>
      {result && (
        <section aria-label={say('What became of it')} data-lesson="branch">
          <p>
            {say(
              'Changed: {changes}. The dice are those of the original, and as long as the policy reads the same it writes the same.',
              { changes: inOneLine(changesIn(result.whatIf, original)) },
            )}
          </p>
          <BranchView original={original} branch={result.branch} />
        </section>
      )}
    </>
  );
}
