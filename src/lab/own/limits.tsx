/** What the bundled policy cannot do, by what was measured. */
import names from '../../../docs/evidence/evaluate-unseen-names.jsonl?raw';
import patterns from '../../../docs/evidence/evaluate-unseen-patterns.jsonl?raw';
import type { Evaluation } from '../../worker/protocol';
import { grouped, percent } from '../figures';
import { say } from '../language/language';

/** The line behind the head that says by which command it was made. */
export function recordedEvaluation(text: string): Evaluation {
  return JSON.parse(text.trim().split('\n')[1]) as Evaluation;
}

export function Limits() {
  const unseenNames = recordedEvaluation(names);
  const unseenPatterns = recordedEvaluation(patterns);
  return (
    <p className="notice own-limits">
      <strong>{say('Any names, plain sentences.')}</strong>{' '}
      {say(
        'The bundled policy is very small. Where names and values were never seen it copies {names} of values exactly; where sentence patterns were never seen, {patterns} ({n} episodes each, without adapter). So use names of any kind, in sentences such as the one below, and do not expect it to understand others.',
        {
          names: percent(unseenNames.copied_exactly),
          patterns: percent(unseenPatterns.copied_exactly),
          n: grouped(unseenPatterns.n),
        },
      )}
    </p>
  );
}
