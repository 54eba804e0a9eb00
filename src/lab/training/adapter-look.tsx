/** What LoRA learned: size and rank of the change, decisions that changed, the episode at any strength. A late chunk. */
import { useState } from 'react';
import type { AdapterFacts, LearnedAdapter, LearnedDecisions } from '../../worker/protocol';
import { HeatMap } from '../charts/heat-map';
import { figure } from '../figures';
import { say, sayEach } from '../language/language';
import { useAdapterNames } from '../shell/adapter-names';
import { Choice } from '../shell/fields';
import { Empty } from '../shell/panel';
import type { LabController } from '../state/controller';
import { AdapterStrength } from './adapter-strength';
import { DecisionList } from './decision-list';
import { NormStrip } from './norm-strip';

interface AdapterLookProps {
  readonly lab: LabController;
  readonly available: readonly LearnedAdapter[];
  /** Updates of the run on view. */
  readonly updates: number;
  /** The model is in use. */
  readonly blocked: boolean;
  /** By a training run. */
  readonly trains: boolean;
}

interface Seen {
  readonly facts: AdapterFacts;
  readonly decisions: LearnedDecisions;
  readonly updates: number;
}

export default function AdapterLook({ lab, available, updates, blocked, trains }: AdapterLookProps) {
  const names = useAdapterNames();
  const [wished, wish] = useState<LearnedAdapter | null>(null);
  const [seen, see] = useState<Seen | null>(null);
  const adapter = wished && available.includes(wished) ? wished : available[available.length - 1];
  if (adapter === undefined)
    return <Empty>{say('No adapter lies beside the policy. Train one, then look here.')}</Empty>;
  const look = async () => {
    const facts = await lab.describeAdapter(adapter);
    const decisions = facts && (await lab.learnedDecisions(adapter));
    if (facts && decisions) see({ facts, decisions, updates });
  };
  const shown = seen?.facts.adapter === adapter ? seen : null;
  const stale = shown !== null && adapter === 'trained' && shown.updates !== updates;
  return (
    <div className="adapter-look">
      <div className="play">
        <Choice
          label={say('Adapter')}
          value={adapter}
          values={['shipped', 'trained'] as const}
          words={sayEach(names)}
          disabled={(name) => !available.includes(name)}
          onChange={wish}
        />
        <button type="button" disabled={blocked} onClick={() => void look()}>
          {shown ? say('Look again') : say('Look at it')}
        </button>
      </div>
      {stale && (
        <p className="notice">
          {say(
            'This is how it was after {before} updates; there are {now} now. Look again to see it as it is.',
            { before: shown.updates, now: updates },
          )}
        </p>
      )}
      {shown ? (
        <>
          <Weights facts={shown.facts} />
          <DecisionList learned={shown.decisions} />
        </>
      ) : (
        <Empty>
          {say(
            'Measures the change of every layer, and asks base and adapter for the same decisions: a few seconds.',
          )}
        </Empty>
      )}
      <AdapterStrength key={adapter} lab={lab} adapter={adapter} blocked={blocked} trains={trains} />
    </div>
  );
}

function Weights({ facts }: { readonly facts: AdapterFacts }) {
  const { r, alpha, scaling, layers } = facts;
  return (
    <>
      <p>
        {say(
          "Each layer's weights W become W + s B A: rank r = {r}, s = {scaling} (alpha = {alpha}). The singular values of s B A say how strongly it moves its r directions; their squares add up to the squared norm.",
          { r, scaling: figure(scaling), alpha },
        )}
      </p>
      <div className="charts">
        <NormStrip norms={layers} />
        <HeatMap
          title={say('Singular values of s B A')}
          unit={say('largest first')}
          rowName={say('layer§row')}
          rows={layers.map(({ layer, module }) => `${layer} ${module.replace('_proj', '')}`)}
          columns={Array.from({ length: r }, (_, i) => `σ${i + 1}`)}
          values={layers.map(({ singular }) => singular)}
        />
      </div>
    </>
  );
}
