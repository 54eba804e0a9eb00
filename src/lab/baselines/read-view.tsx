/** One look-up of a memory: what it was asked, the calls that took, what came and what of it was used. */
import type { ReadTrace } from '../../worker/baselines-protocol';
import { say } from '../language/language';
import { Say } from '../language/say';
import { CallsView } from './call-view';
import { LookUpView } from './told';

export function ReadView({ trace }: { readonly trace: ReadTrace }) {
  const used = new Set(trace.entries.map(({ id }) => id));
  return (
    <>
      <p>
        <Say text="Asked: {query}" with={{ query: <q lang="en">{trace.query}</q> }} />
      </p>
      {trace.calls.length > 0 && <CallsView calls={trace.calls} />}
      {trace.lookUps.map((lookUp) => (
        <LookUpView key={lookUp.what} lookUp={lookUp} marked={used} />
      ))}
      {trace.lookUps.length === 0 && <p className="quiet">{say('There is nothing to look in.')}</p>}
    </>
  );
}
