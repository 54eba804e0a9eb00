/** Training with maintenance paid for any update or delete. */
import { phrase } from '../../language/language';
import { type RecordingExhibit, texts } from './exhibit';

export const anyUpdate: RecordingExhibit = {
  kind: 'recording',
  id: 'any-update',
  title: phrase('Maintenance paid for any update: a training run'),
  about: phrase(
    'Two runs of 60 steps that differ in one switch: whether maintenance is paid for meaningful changes only or for any update or delete (eq. 24 to the letter). Paid for any change, the policy changes memory more often, and by the meaningful reading its memory ends up worse: it follows what is paid, not what was meant. One seed, so look at the direction rather than the last digit.',
  ),
  source: 'P',
  names: [phrase('meaningful'), phrase('any')],
  load: () =>
    texts(
      import('../../../../docs/evidence/exhibit-lab-60.jsonl?raw'),
      import('../../../../docs/evidence/exhibit-any-update-60.jsonl?raw'),
    ),
  curves: [
    {
      title: phrase('Updates and deletes'),
      unit: phrase('per episode'),
      value: ({ tools }) => tools.Update_memory + tools.Delete_memory,
    },
    { title: phrase('Task reward'), unit: phrase('R_task'), value: ({ rewards }) => rewards.task.mean },
    { title: phrase('Storage'), unit: phrase('reward'), value: ({ rewards }) => rewards.storage.mean },
  ],
};
