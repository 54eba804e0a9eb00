/** Training on the answer alone: the paper's ablation. */
import { type RecordingExhibit, texts } from './exhibit';

export const answerOnly: RecordingExhibit = {
  kind: 'recording',
  id: 'answer-only',
  title: 'Paid for the answer alone',
  about:
    'Two runs of 20 steps: paid for task, context and memory, and for the answer alone (the ablation of the paper). The answer is learnt nearly as well; what nobody pays for is not: look at the context, and at how well memory is kept. One seed.',
  source: 'P',
  names: ['all rewards', 'answer only'],
  load: () =>
    texts(
      import('../../../../docs/evidence/exhibit-lab.jsonl?raw'),
      import('../../../../docs/evidence/exhibit-answer-only.jsonl?raw'),
    ),
  curves: [
    { title: 'Task reward', unit: 'R_task', value: ({ rewards }) => rewards.task.mean },
    { title: 'Context reward', unit: 'R_ctx', value: ({ rewards }) => rewards.context.mean },
    { title: 'Memory reward', unit: 'R_mem', value: ({ rewards }) => rewards.memory.mean },
  ],
};
