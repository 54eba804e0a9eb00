/** Training on the answer alone: the paper's ablation. */
import { phrase } from '../../language/language';
import { type RecordingExhibit, texts } from './exhibit';

export const answerOnly: RecordingExhibit = {
  kind: 'recording',
  id: 'answer-only',
  title: phrase('Paid for the answer alone'),
  about: phrase(
    'Two runs of 20 steps: paid for task, context and memory, and for the answer alone (the ablation of the paper). The answer is learnt nearly as well, and most of what memory gains comes unpaid, for an answer needs what was stored. What no answer needs lags: the context gains far less than where it is paid, and storage precision, which rises there, falls a little here. One seed.',
  ),
  source: 'P',
  names: [phrase('all rewards'), phrase('answer only')],
  load: () =>
    texts(
      import('../../../../docs/evidence/exhibit-lab.jsonl?raw'),
      import('../../../../docs/evidence/exhibit-answer-only.jsonl?raw'),
    ),
  curves: [
    { title: phrase('Task reward'), unit: phrase('R_task'), value: ({ rewards }) => rewards.task.mean },
    { title: phrase('Context reward'), unit: phrase('R_ctx'), value: ({ rewards }) => rewards.context.mean },
    { title: phrase('Memory reward'), unit: phrase('R_mem'), value: ({ rewards }) => rewards.memory.mean },
  ],
};
