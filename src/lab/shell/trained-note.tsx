/**
 * A policy of the site may be the bundled one with another adapter, opened from a row of the table: its episodes look like
 * AgeMem's, so it is said whose they are, and the way back is beside it.
 */
import type { Ready } from '../../worker/protocol';
import { say } from '../language/language';
import { methodName } from '../method-names';
import { variantTrained } from '../words';

interface TrainedNoteProps {
  readonly ready: Pick<Ready, 'model' | 'sitePolicies'>;
  readonly blocked: boolean;
  /** Another policy of the site takes the place of the one that acts. */
  readonly onAct: (id: string) => void;
}

export function TrainedNote({ ready, blocked, onAct }: TrainedNoteProps) {
  const variant = variantTrained(ready);
  if (variant === null) return null;
  const [first] = ready.sitePolicies;
  return (
    <p className="quiet taught">
      {say('The policy that acts has the adapter of a row of the table: {method}.', {
        method: methodName(variant),
      })}{' '}
      <button type="button" className="plain" disabled={blocked} onClick={() => onAct(first.id)}>
        {say('Back to the bundled policy')}
      </button>
    </p>
  );
}
