/** For teachers: leaves parts of the page out and puts that into the address, which is then the link to hand out. */
import { useState } from 'react';
import { type Phrase, phrase, say } from '../language/language';
import { Say } from '../language/say';
import { PART_NAMES, PARTS, type PartName } from '../shell/parts';
import { PRESENT_KEY } from '../shell/presenter';
import type { Address } from '../state/address';
import type { LabController } from '../state/controller';

export function ClassForm({ address, lab }: { readonly address: Address; readonly lab: LabController }) {
  const toggle = (name: PartName) => {
    const kept = address.hide.filter((hidden) => hidden !== name);
    const hide = kept.length < address.hide.length ? kept : [...kept, name];
    // In the order of their list, as a link reads them.
    void lab.go({ hide: PART_NAMES.filter((part) => hide.includes(part)) });
  };
  return (
    <details className="class-form">
      <summary>{say('For a class')}</summary>
      <p className="quiet">
        <Say
          text="The address of this page holds everything it is set to: task, seed, dice, player, weights, settings of a run, and what is left out here. It is a link to hand out, and nothing is sent anywhere. “Present”, or {key}, makes the type large enough for a wall."
          with={{ key: <kbd>{PRESENT_KEY}</kbd> }}
        />
      </p>
      <CopyLink />
      <fieldset className="hide-choice">
        <legend>{say('Leave out')}</legend>
        {PART_NAMES.map((name) => (
          <label key={name}>
            <input type="checkbox" checked={address.hide.includes(name)} onChange={() => toggle(name)} />
            <span>
              {say(PARTS[name])} <code>{name}</code>
            </span>
          </label>
        ))}
      </fieldset>
    </details>
  );
}

function CopyLink() {
  const [outcome, tell] = useState<Phrase | null>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(window.location.href);
      tell(phrase('Copied.'));
    } catch {
      tell(phrase('This browser does not let the page copy. Copy the address above the page instead.'));
    }
  };
  return (
    <p>
      <button type="button" className="plain" onClick={() => void copy()}>
        {say('Copy the link')}
      </button>{' '}
      <span className="quiet" role="status">
        {outcome && say(outcome)}
      </span>
    </p>
  );
}
