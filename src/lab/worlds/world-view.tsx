/** The picture of the moment, with the benchmark's own figures as they stand then. */
import { useEffect, useState } from 'react';
import type { WorldMoment, WorldPicture } from '../../worker/worlds-protocol';
import { aligned } from '../figures';
import { say } from '../language/language';
import { NotLoaded } from '../shell/notices';
import '../styles/worlds.css';
import { GridView } from './grid-view';
import { PageView } from './page-view';
import { PlanView } from './plan-view';
import { RoomsView } from './rooms-view';
import type { WorldProps } from './world-panel';

export default function WorldView({ task, log, until, line }: WorldProps) {
  const [moments, setMoments] = useState<readonly WorldMoment[] | 'failed' | null>([]);
  // Asked anew when somebody acted; steps that only write to memory change no world.
  const acted = log.reduce((sum, { type }) => sum + (type === 'environment-acted' ? 1 : 0), 0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the log grows at every event, the world only when somebody acts
  useEffect(() => {
    let wanted = true;
    line.moments(task, log).then(
      (found) => wanted && setMoments(found),
      () => wanted && setMoments('failed'),
    );
    return () => {
      wanted = false;
    };
  }, [task, acted, line]);
  if (moments === 'failed') return <NotLoaded what={say('The world')} />;
  if (moments === null) return <p className="empty">{say('This world has no picture.')}</p>;
  const shown = moments.findLast(({ seq }) => seq < until) ?? moments[0];
  if (!shown) return <p className="empty">{say('Loading …')}</p>;
  const begun = log.some((event) => event.type === 'stage-started' && event.stage === 3 && event.seq < until);
  return (
    <div className="world">
      {!begun && (
        <p className="quiet">{say('Stage 3 has not begun: this is the world as it will be found.')}</p>
      )}
      <Picture picture={shown.picture} />
      <p className="world-figures">
        {Object.entries(shown.metrics).map(([name, value]) => (
          <span key={name}>
            <span lang="en">{name}</span> <strong>{aligned(value)}</strong>
          </span>
        ))}
      </p>
    </div>
  );
}

function Picture({ picture }: { readonly picture: WorldPicture }) {
  switch (picture.kind) {
    case 'grid':
      return <GridView picture={picture} />;
    case 'rooms':
      return <RoomsView picture={picture} />;
    case 'plan':
      return <PlanView picture={picture} />;
    case 'page':
      return <PageView picture={picture} />;
  }
}
