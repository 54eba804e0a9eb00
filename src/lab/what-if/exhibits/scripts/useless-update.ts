/** The script of an update that changes nothing for the better: the stale entry is told in other words. */
import type { Script } from '../../../../worker/what-if-protocol';
import { answer, call } from './completions';
import { assistantTask, fact, revision, SESSIONS } from './learning-assistant';

export const uselessUpdateScript: Script = {
  task: assistantTask('useless-update', {
    messages: [
      fact('I study in sessions of 60 minutes.', 'sessions'),
      revision('From now on my sessions are 120 minutes.', 'sessions'),
    ],
    distractors: [],
    query: 'How long are my study sessions?',
    answers: ['120 minutes'],
    facts: [SESSIONS],
    neededFactIds: ['sessions'],
    keyItems: ['120 minutes'],
  }),
  completions: [
    call('Worth keeping.', {
      name: 'Add_memory',
      arguments: { content: 'The user studies in sessions of 60 minutes.' },
    }),
    answer('Noted.'),
    call('An update is paid; what it says is not looked at.', {
      name: 'Update_memory',
      arguments: { memory_id: 'm1', content: 'Sessions of 60 minutes are what the user studies in.' },
    }),
    answer('Noted.'),
    call('Look it up.', {
      name: 'Retrieve_memory',
      arguments: { query: 'sessions of the user', top_k: 1 },
    }),
    answer('60 minutes'),
  ],
  stepsPerMessage: { 1: 4, 2: 4 },
  maxContextTokens: 1000,
};
