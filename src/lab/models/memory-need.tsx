/** Memory that acting and training take, against what this device grants: words, and bars on one scale. */
import type { MemoryNeed } from '../../worker/models-protocol';
import { size } from '../figures';
import { say } from '../language/language';

export function MemoryNeedView({ need }: { readonly need: MemoryNeed | null }) {
  if (!need)
    return <p className="quiet">{say('How much memory it needs is known when its files have been read.')}</p>;
  const { actBytes, trainBytes, grantedBytes, refusal } = need;
  const scale = Math.max(grantedBytes ?? 0, actBytes, trainBytes ?? 0);
  return (
    <div className="model-need">
      <dl>
        <Need name={say('To act')} bytes={actBytes} granted={grantedBytes} scale={scale} />
        {trainBytes !== null && (
          <Need name={say('To train')} bytes={trainBytes} granted={grantedBytes} scale={scale} />
        )}
      </dl>
      <p className="quiet">
        {grantedBytes === null
          ? say('This browser does not say how much memory it grants.')
          : say('This device grants {size}.', { size: size(grantedBytes) })}
      </p>
      {refusal !== null && (
        <p className="model-lack" lang="en">
          {refusal}
        </p>
      )}
    </div>
  );
}

interface NeedProps {
  readonly name: string;
  readonly bytes: number;
  readonly granted: number | null;
  /** Bytes at the right end of the bar. */
  readonly scale: number;
}

function Need({ name, bytes, granted, scale }: NeedProps) {
  const over = granted !== null && bytes > granted;
  return (
    <div className={over ? 'need over' : 'need'}>
      <dt>{name}</dt>
      <dd>
        <span className="need-bar" aria-hidden="true">
          <span className="fill" style={{ width: `${(100 * bytes) / scale}%` }} />
          {granted !== null && <i style={{ left: `${(100 * granted) / scale}%` }} />}
        </span>
        <span className="number">{size(bytes)}</span>
        {over && <span> {say('✗ more than is granted')}</span>}
      </dd>
    </div>
  );
}
