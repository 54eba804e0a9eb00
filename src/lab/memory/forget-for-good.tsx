/** Forgetting for good: a last chance that names what goes, looked up when it is asked for. */
import { useState } from 'react';
import type { Erasable, ErasureFacts } from '../../worker/memory-protocol';
import { count } from '../figures';
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
      className="plain"
      label={label}
      disabled={disabled}
      ready={facts !== null && facts.ids.length > 0}
      onAsk={() => void look()}
      words={facts === null ? 'Looking where it is kept …' : <What facts={facts} />}
      yes="Forget for good"
      no="Keep it"
      onYes={() => {
        // What was agreed to, not what has been deleted since.
        if (facts) void memory.forgetForGood(facts.ids).then(onDone);
      }}
    />
  );
}

function What({ facts: { ids, entries, records, backups, copies } }: { readonly facts: ErasureFacts }) {
  if (ids.length === 0) return <>Nothing is left to forget: no deleted entry has a text in the journal.</>;
  const names =
    ids.slice(0, NAMED).join(', ') + (ids.length > NAMED ? ` and ${ids.length - NAMED} more` : '');
  const places = [
    ...(entries > 0 ? [count(entries, 'entry', 'entries')] : []),
    `the texts and reasons in ${count(records, 'record')} of the journal`,
    'the saved index',
    ...(backups > 0 ? [`${count(backups, 'backup')}, replaced by a new one of what is left`] : []),
  ];
  return (
    <>
      Forget {names} for good: {places.join('; ')}. <strong>This cannot be undone</strong>, and no earlier
      state will show the text again. It does not reach files you have exported
      {copies.length > 0 && (
        <>
          , nor entries that say the same in <Inert text={copies.join(', ')} most={200} />
        </>
      )}
      .
    </>
  );
}
