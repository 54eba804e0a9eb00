/** The ablation of the reward as curves: means over the seeds with their 95 % bands, step by step, a chart a figure. */
import { LineChart, type Series } from '../charts/line-chart';
import { count } from '../figures';
import { type Phrase, phrase, say } from '../language/language';
import { type Ablation, curveOf } from './ablation-lines';

/** Arms in the order of the lines; short, since they stand at their ends. */
const ARMS: readonly { readonly method: string; readonly name: Phrase; readonly long: Phrase }[] = [
  { method: 'agemem', name: phrase('all rewards'), long: phrase('trained with all rewards') },
  { method: 'answer-only', name: phrase('answer only'), long: phrase('trained for the answer alone') },
  { method: 'lt-rl', name: phrase('long-term'), long: phrase('trained with long-term tools alone') },
];

const CHARTS: readonly {
  readonly metric: string;
  readonly title: Phrase;
  readonly unit: Phrase;
}[] = [
  { metric: 'score', title: phrase('Score of the answer'), unit: phrase('score') },
  { metric: 'composite', title: phrase('Composite of all rewards'), unit: phrase('reward') },
  { metric: 'memory-quality', title: phrase('Memory quality'), unit: phrase('share') },
  { metric: 'prompt-tokens', title: phrase('Prompt tokens a step'), unit: phrase('tokens') },
  { metric: 'tool-calls', title: phrase('Tool calls an episode'), unit: phrase('calls') },
];

export function CurvesView({ ablation }: { readonly ablation: Ablation }) {
  const { steps, tasksPerStep, groupSize } = ablation.settings;
  const arms = ARMS.filter(({ method }) => curveOf(ablation, method, 'score').length > 0);
  if (arms.length === 0) return null;
  return (
    <>
      <h4>{say('Rewards as they are trained on')}</h4>
      <p className="quiet">
        {say(
          'Each step is {rollouts} of training tasks, drawn before its update; the composite is that of all rewards, whatever was paid. Lines are means over the seeds, bands their 95 % intervals.',
          { rollouts: count(tasksPerStep * groupSize, 'rollout') },
        )}
      </p>
      <div className="charts">
        {CHARTS.map(({ metric, title, unit }) => (
          <LineChart
            key={metric}
            title={say(title)}
            unit={say(unit)}
            steps={steps}
            series={arms.map(({ method, name, long }): Series => {
              const curve = curveOf(ablation, method, metric);
              return {
                name: say(name),
                longName: say(long),
                values: curve.map(({ mean }) => mean),
                // One seed has no interval, and a band without width would look like a narrow one.
                ...(curve.some(({ low }) => low !== null) && {
                  band: curve.map(({ mean, low, high }) => [low ?? mean, high ?? mean] as const),
                }),
              };
            })}
          />
        ))}
      </div>
    </>
  );
}
