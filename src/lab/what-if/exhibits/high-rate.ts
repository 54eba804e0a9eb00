/** Too high a learning rate: collapse. */
import { phrase } from '../../language/language';
import { type RecordingExhibit, texts } from './exhibit';

export const highRate: RecordingExhibit = {
  kind: 'recording',
  id: 'high-rate',
  title: phrase('Too high a learning rate'),
  about: phrase(
    'The same run at lr 0.003 and at 0.03. The first update already throws the policy far from where it was; it forgets the protocol, every rollout gets the same lowest reward, so no group has a spread, no gradient is left, and nothing brings it back.',
  ),
  source: 'D',
  names: [phrase('lr 0.003'), phrase('lr 0.03')],
  load: () =>
    texts(
      import('../../../../docs/evidence/exhibit-lab.jsonl?raw'),
      import('../../../../docs/evidence/exhibit-high-rate.jsonl?raw'),
    ),
  curves: [
    { title: phrase('Reward'), unit: phrase('R'), value: ({ reward }) => reward },
    { title: phrase('Well-formed steps'), unit: phrase('share'), value: ({ wellformed }) => wellformed },
    {
      title: phrase('Groups without spread'),
      unit: phrase('share'),
      value: ({ frac_reward_zero_std }) => frac_reward_zero_std,
    },
    { title: phrase('Entropy'), unit: phrase('nats per token'), value: ({ entropy }) => entropy },
  ],
};
