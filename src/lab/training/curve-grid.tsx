/** The curves of the run in this tab; before there is one, those of the run that made the shipped adapter. */
import type { HeldOut, ModelFacts, TrainingMetrics } from '../../worker/protocol';
import { LineChart } from '../charts/line-chart';
import { say } from '../language/language';
import { Empty } from '../shell/panel';
import type { TrainingView } from '../state/lab-state';
import { curvesOf } from './curves';
import { NormStrip } from './norm-strip';

interface CurveGridProps {
  readonly training: TrainingView;
  readonly model: ModelFacts | null;
}

export function CurveGrid({ training, model }: CurveGridProps) {
  const { metrics, norms, heldOut, settings, state } = training;
  if (metrics.length > 0) {
    return (
      <div className="charts">
        <Charts metrics={metrics} heldOut={heldOut} steps={settings?.steps ?? metrics.length} />
        {norms.length > 0 && <NormStrip norms={norms} />}
      </div>
    );
  }
  const waiting =
    state.kind === 'running'
      ? say(
          'The curves begin when the first step is done: it plays every group, then moves the adapter once.',
        )
      : say(
          'The curves begin with the first step of a run. One step plays every group, then moves the adapter once.',
        );
  const shipped = model?.shippedRun ?? [];
  return (
    <>
      <Empty>{waiting}</Empty>
      {shipped.length > 0 && (
        <>
          <p className="quiet">{say('Until then, the run that made the shipped adapter:')}</p>
          <div className="charts">
            <Charts metrics={shipped} heldOut={[]} steps={shipped.length} />
          </div>
        </>
      )}
    </>
  );
}

function Charts({
  metrics,
  heldOut,
  steps,
}: {
  readonly metrics: readonly TrainingMetrics[];
  readonly heldOut: readonly HeldOut[];
  readonly steps: number;
}) {
  return curvesOf(metrics, heldOut).map((curve) => (
    <LineChart key={curve.title} {...curve} steps={Math.max(steps, metrics.length)} />
  ));
}
