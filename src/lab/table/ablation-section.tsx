/**
 * What a recorded ablation says: the paper's claims beside ours, the components one after another, and the curves of what
 * was trained. One choice of policy for all three.
 */
import { useState } from 'react';
import { count, grouped } from '../figures';
import { say } from '../language/language';
import { Choice } from '../shell/fields';
import { NotLoaded } from '../shell/notices';
import { FAMILIES } from '../words';
import '../styles/ablation.css';
import { ABLATIONS, useAblation } from './ablation-evidence';
import type { Ablation } from './ablation-lines';
import { ClaimsView } from './claims-view';
import { ComponentsView } from './components-view';
import { CurvesView } from './curves-view';

export function AblationSection() {
  const [id, choose] = useState(ABLATIONS[0].id);
  const ablation = useAblation(id);
  return (
    <section className="ablation" aria-labelledby="ablation-title">
      <h3 id="ablation-title">{say('The paper beside ours')}</h3>
      {ABLATIONS.length > 1 && (
        <div className="choices">
          <Choice
            label={say('Trained')}
            value={id}
            values={ABLATIONS.map((file) => file.id)}
            words={Object.fromEntries(ABLATIONS.map((file) => [file.id, say(file.policy)]))}
            onChange={choose}
          />
        </div>
      )}
      {ablation === null && <p className="empty">{say('Loading …')}</p>}
      {ablation === 'failed' && <NotLoaded what={say('The ablation')} />}
      {ablation !== null && ablation !== 'failed' && (
        <>
          <p className="quiet">{howMade(ablation)}</p>
          <ClaimsView ablation={ablation} />
          <ComponentsView ablation={ablation} />
          <CurvesView ablation={ablation} />
        </>
      )}
    </section>
  );
}

function howMade({ settings, heldOut }: Ablation): string {
  const seeds = new Set(heldOut.map(({ seed }) => seed)).size;
  const family = FAMILIES[settings.family];
  return say(
    'Trained on {family}: {seeds}, each a training of its own with {steps} of {tasks} × {rollouts}; then {episodes} held-out episodes a seed. Everything of a seed meets the same tasks with the same dice: differences are taken seed by seed, with 95 % intervals over the seeds.',
    {
      family: family === undefined ? settings.family : say(family),
      seeds: count(seeds, 'seed'),
      steps: count(settings.steps, 'step'),
      tasks: count(settings.tasksPerStep, 'task§counted'),
      rollouts: count(settings.groupSize, 'rollout'),
      episodes: grouped(settings.episodes),
    },
  );
}
