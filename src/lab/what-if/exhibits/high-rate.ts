/** Too high a learning rate: collapse. */
import { type RecordingExhibit, texts } from './exhibit';

export const highRate: RecordingExhibit = {
  kind: 'recording',
  id: 'high-rate',
  title: 'Too high a learning rate',
  about:
    'The same run at lr 0.003 and at 0.03. The first update already throws the policy far from where it was; it forgets the protocol, every rollout gets the same lowest reward, so no group has a spread, no gradient is left, and nothing brings it back.',
  source: 'D',
  names: ['lr 0.003', 'lr 0.03'],
  load: () =>
    texts(
      import('../../../../docs/evidence/exhibit-lab.jsonl?raw'),
      import('../../../../docs/evidence/exhibit-high-rate.jsonl?raw'),
    ),
  curves: [
    { title: 'Reward', unit: 'R', value: ({ reward }) => reward },
    { title: 'Well-formed steps', unit: 'share', value: ({ wellformed }) => wellformed },
    {
      title: 'Groups without spread',
      unit: 'share',
      value: ({ frac_reward_zero_std }) => frac_reward_zero_std,
    },
    { title: 'Entropy', unit: 'nats per token', value: ({ entropy }) => entropy },
  ],
};
