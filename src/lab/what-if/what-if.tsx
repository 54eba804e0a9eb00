/** The what-if page of an episode, loaded when it is asked for: change something and play it again, or look at an exhibit. */
import '../styles/what-if.css';
import { useEffect, useState } from 'react';
import type { PlayOptions, TaskAddress } from '../../worker/protocol';
import type { WhatIf as Changed, PlayedEpisode } from '../../worker/what-if-protocol';
import { type Phrase, phrase, say } from '../language/language';
import { Empty } from '../shell/panel';
import { type BranchChange, isChanged } from '../state/branch-change';
import { LONGEST_LINK, type LongText } from '../state/link';
import type { WhatIfLine } from '../state/what-if-line';
import { BranchView } from './branch-view';
import { ChangeForm } from './change-form';
import { changeOf, changesIn, type Draft, draftFrom, draftOf, type Original, whatIfOf } from './draft';
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
  /** What the address says is changed about this episode. */
  readonly change: BranchChange;
  /** Id of the exhibit that is open. */
  readonly exhibit: string | null;
  readonly onExhibit: (id: string | null) => void;
  readonly onRunEpisode: () => void;
}

export default function WhatIf(props: WhatIfProps) {
  const { original, blocked, change, onRunEpisode } = props;
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
          <Empty>
            {say('A branch is compared with an episode that is over.')}
            {isChanged(change) && (
              <> {say('What this link changes will stand in the form once it has been played.')}</>
            )}
          </Empty>
          <button type="button" disabled={blocked} onClick={onRunEpisode}>
            {say('Play it to its end')}
          </button>
        </div>
      )}
      <Exhibits {...props} />
    </div>
  );
}

const TOO_LONG: Readonly<Record<LongText, Phrase>> = {
  ifWrites: phrase(
    'What is written by hand is too long for a link of {most} characters: the address of this page leaves it out.',
  ),
  ifSays: phrase(
    'What the message says is too long for a link of {most} characters: the address of this page leaves it out.',
  ),
};

/** Milliseconds without a key: some browsers refuse an address that changes with every letter. */
const PAUSE = 300;

/** Keeps the change in the address. @returns what is too long for it */
function useKept(draft: Draft, original: Original, line: WhatIfLine): readonly LongText[] {
  const [tooLong, tell] = useState<readonly LongText[]>([]);
  useEffect(() => {
    const timer = setTimeout(() => tell(line.keep(changeOf(draft, original))), PAUSE);
    return () => clearTimeout(timer);
  }, [draft, original, line]);
  return tooLong;
}

const inOneLine = (changes: readonly string[]) => changes.join(say('; §list'));

function Branching({
  original,
  options,
  step,
  blocked,
  progress,
  line,
  change,
}: WhatIfProps & { readonly original: Original }) {
  const [draft, edit] = useState<Draft>(() => draftFrom(change, original, step));
  const tooLong = useKept(draft, original, line);
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
      {tooLong.map((name) => (
        <p key={name} className="warning" role="status">
          {say(TOO_LONG[name], { most: LONGEST_LINK })}
        </p>
      ))}
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
