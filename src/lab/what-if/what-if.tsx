/** The what-if page of an episode, loaded when it is asked for: change something and play it again, or look at an exhibit. */
import '../styles/what-if.css';
import { useState } from 'react';
import type { PlayOptions, TaskAddress } from '../../worker/protocol';
import type { PlayedEpisode } from '../../worker/what-if-protocol';
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
          <Empty>A branch is compared with an episode that is over.</Empty>
          <button type="button" disabled={blocked} onClick={onRunEpisode}>
            Play it to its end
          </button>
        </div>
      )}
      <Exhibits {...props} />
    </div>
  );
}

function Branching({
  original,
  options,
  step,
  blocked,
  progress,
  line,
}: WhatIfProps & { readonly original: Original }) {
  const [draft, edit] = useState<Draft>(() => draftOf(original, step));
  const [result, show] = useState<{ branch: PlayedEpisode; changes: readonly string[] } | null>(null);
  const whatIf = whatIfOf(draft, original);
  const changes = changesIn(whatIf, original);
  const play = async () => {
    const branch = await line.branch({
      task: original.task,
      log: original.log,
      adapter: options.adapter,
      whatIf,
    });
    if (branch) show({ branch, changes });
  };
  return (
    <>
      <ChangeForm
        original={original}
        draft={draft}
        onChange={(part) => edit((before) => ({ ...before, ...part }))}
      />
      <p className="quiet" aria-live="polite">
        {changes.length === 0 ? 'Nothing is changed yet.' : `Changed: ${changes.join('; ')}.`}
      </p>
      <div className="play">
        <button
          type="button"
          className="primary"
          disabled={blocked || changes.length === 0}
          onClick={() => void play()}
        >
          Play what if
        </button>
        <button
          type="button"
          disabled={changes.length === 0}
          onClick={() => edit(draftOf(original, draft.step))}
        >
          As it was
        </button>
        {progress && (
          <>
            <span className="quiet" role="status">
              {progress.finished} steps
            </span>
            <button type="button" onClick={() => void line.cancel()}>
              Cancel what if
            </button>
          </>
        )}
      </div>
      {result && (
        <section aria-label="What became of it" data-lesson="branch">
          <p>
            Changed: {result.changes.join('; ')}. The dice are those of the original, and as long as the
            policy reads the same it writes the same.
          </p>
          <BranchView original={original} branch={result.branch} />
        </section>
      )}
    </>
  );
}
