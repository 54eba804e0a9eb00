/** Forgetting for good: a last chance that names what goes, looked up when it is asked for. */
import { useState } from 'react';
import type { Erasable, ErasureFacts } from '../../worker/memory-protocol';
import { count } from '../figures';
import { listed, say } from '../language/language';
import { Say } from '../language/say';
import { LastChance } from '../shell/last-chance';
import { Inert } from './inert';
import type { MemoryController } from './memory-controller';

/** Ids that are named; more are counted. */
const NAMED = 5;

interface ForgetForGoodProps {
  readonly ids: Erasable;
  readonly label: string;
  readonly disabled: boolean;
  readonly memory: MemoryController;
  /** When it is done. */
  readonly onDone?: () => void;
}

export function ForgetForGood({ ids, label, disabled, memory, onDone }: ForgetForGoodProps) {
  const [facts, know] = useState<ErasureFacts | null>(null);
  const look = async () => {
    know(null);
    know(await memory.erasure(ids));
  };
  return (
    <LastChance
      className="plain forget-for-good"
      label={label}
      disabled={disabled}
      ready={facts !== null && facts.ids.length > 0}
      onAsk={() => void look()}
      words={facts === null ? say('Looking where it is kept …') : <What facts={facts} />}
      yes={say('Forget for good')}
      no={say('Keep it')}
      onYes={() => {
        // What was agreed to, not what has been deleted since.
        if (facts) void memory.forgetForGood(facts.ids).then(onDone);
      }}
    />
  );
}

function What({ facts: { ids, entries, records, backups, copies } }: { readonly facts: ErasureFacts }) {
  if (ids.length === 0)
    return <>{say('Nothing is left to forget: no deleted entry has a text in the journal.')}</>;
  const first = listed(ids.slice(0, NAMED));
  const names = ids.length > NAMED ? say('{ids} and {n} more', { ids: first, n: ids.length - NAMED }) : first;
  const places = [
    ...(entries > 0 ? [count(entries, 'entry', 'entries')] : []),
    say('the texts and reasons in {records} of the journal', { records: count(records, 'record') }),
    say('the saved index'),
    ...(backups > 0
      ? [say('{backups}, replaced by a new one of what is left', { backups: count(backups, 'backup') })]
      : []),
  ];
  return (
    <>
      {say('Forget {names} for good: {places}.', { names, places: places.join(say('; §between parts')) })}{' '}
      <Say
        text="{warning}, and no earlier state will show the text again."
        with={{ warning: <strong>{say('This cannot be undone')}</strong> }}
      />{' '}
      {copies.length === 0 ? (
        say('It does not reach files you have exported.')
      ) : (
        <Say
          text="It does not reach files you have exported, nor entries and journals that say the same in {memories}."
          with={{ memories: <Inert text={listed(copies)} most={200} /> }}
        />
      )}
    </>
  );
}
