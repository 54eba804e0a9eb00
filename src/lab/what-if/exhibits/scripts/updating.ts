/** The script of case study 1: an entry is updated, and in the end replaced by a clean one. */
import type { Script } from '../../../../worker/what-if-protocol';
import { answer, call } from './completions';
import { assistantTask, fact, revision, SESSIONS, VISION, VISUAL } from './learning-assistant';

export const caseUpdatingScript: Script = {
  task: assistantTask('case-updating', {
    messages: [
      fact('I learn best with pictures, and I study in sessions of 60 minutes.', 'visual', 'sessions'),
      fact('I know the basics of Python. Most of all I like computer vision.', 'vision'),
      revision('I have more time now: make my sessions 120 minutes.', 'sessions'),
      revision('My plan is completely settled now: sessions of 120 minutes, with pictures.', 'sessions'),
    ],
    distractors: [],
    query: 'How long should each of my study sessions be?',
    answers: ['120 minutes'],
    facts: [SESSIONS, VISUAL, VISION],
    neededFactIds: ['sessions'],
    keyItems: ['120 minutes'],
  }),
  completions: [
    call('How they learn is worth keeping.', {
      name: 'Add_memory',
      arguments: { content: 'The user learns best with pictures and studies in sessions of 60 minutes.' },
    }),
    answer('Noted.'),
    call('An interest that plans should follow.', {
      name: 'Add_memory',
      arguments: { content: 'The user knows the basics of Python and likes computer vision.' },
    }),
    answer('Noted.'),
    call('m1 holds the old length. It is to be changed, not added again.', {
      name: 'Update_memory',
      arguments: {
        memory_id: 'm1',
        content: 'The user learns best with pictures and studies in sessions of 120 minutes.',
      },
    }),
    answer('Your sessions are 120 minutes from now on.'),
    call('Settled. What is stored about sessions?', {
      name: 'Retrieve_memory',
      arguments: { query: 'sessions of the user', top_k: 2 },
    }),
    call(
      'One clean entry in place of the one that was patched.',
      { name: 'Delete_memory', arguments: { memory_id: 'm1', confirmation: true } },
      {
        name: 'Add_memory',
        arguments: { content: 'Settled: the user studies in sessions of 120 minutes, with pictures.' },
      },
    ),
    answer('All settled.'),
    call('The length is in memory.', {
      name: 'Retrieve_memory',
      arguments: { query: 'sessions of the user in minutes', top_k: 1 },
    }),
    answer('120 minutes'),
  ],
  stepsPerMessage: { 1: 4, 2: 4 },
  maxContextTokens: 1000,
};
