/**
 * What to expect of whoever plays: a policy of the site that was never taught what the tasks are about fails at them, and
 * the one that was is a button away. Of other models nobody knows what they were taught, so nothing is said.
 */
import type { Ready, SitePolicyFacts } from '../../worker/protocol';
import { say } from '../language/language';
import type { Address } from '../state/address';

interface TaughtNoteProps {
  readonly ready: Ready;
  readonly address: Pick<Address, 'family' | 'player' | 'set'>;
  readonly blocked: boolean;
  /** Another policy of the site takes the place of the one that acts. */
  readonly onAct: (id: string) => void;
}

export function TaughtNote({ ready, address, blocked, onAct }: TaughtNoteProps) {
  const { family, player, set } = address;
  const { model, sitePolicies } = ready;
  const [first] = sitePolicies;
  if (set !== null) return null;
  const world = !first.taught.includes(family);
  if (player === 'demonstrator') {
    if (!world) return null;
    return (
      <p className="quiet">
        {say('A script plays that knows the rules of this world and, of the task, what it stored.')}
      </p>
    );
  }
  if (model.taught === null) return null;
  if (model.taught.includes(family)) {
    if (!world) return null;
    return (
      <p className="quiet taught">
        {say('The policy that acts was taught this world.')}{' '}
        <button type="button" className="plain" disabled={blocked} onClick={() => onAct(first.id)}>
          {say('Back to the bundled policy')}
        </button>
      </p>
    );
  }
  const reader = sitePolicies.find(({ taught }) => taught.includes(family));
  return (
    <p className="quiet taught">
      {say(
        'The policy that acts was never taught this world: expect it to fail. The demonstrator shows how it is done.',
      )}{' '}
      {reader && <Reader reader={reader} blocked={blocked} onAct={onAct} />}
    </p>
  );
}

function Reader({
  reader,
  blocked,
  onAct,
}: Pick<TaughtNoteProps, 'blocked' | 'onAct'> & { readonly reader: SitePolicyFacts }) {
  if (!reader.here)
    return say('The policy that was taught it is left out of this copy of the lab, to keep it small.');
  return (
    <button type="button" disabled={blocked} onClick={() => onAct(reader.id)}>
      {say('Let the policy act that was taught it')}
    </button>
  );
}
