/** Says that the episode on view is played by the rules of one of AgeMem's variants, and leads back to the usual ones. */
import { say } from '../language/language';
import { methodName } from '../method-names';

export function VariantNotice({ method, onBack }: { readonly method: string; readonly onBack: () => void }) {
  return (
    <p className="notice" role="status">
      {say('Played as a cell of the table: {method}.', { method: methodName(method) })}{' '}
      <button type="button" onClick={onBack}>
        {say('Back to the usual rules')}
      </button>
    </p>
  );
}
