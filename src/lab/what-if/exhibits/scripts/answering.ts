/** The script of case study 3: three facts are stored, and a schedule is made of them after the reset. */
import type { Script } from '../../../../worker/what-if-protocol';
import { answer, call } from './completions';
import { assistantTask, distractor, fact, SESSIONS, VISION, VISUAL } from './learning-assistant';

const DAY =
  'Day 1: a block of 120 minutes with pictures of how images become numbers, a break, then 120 minutes of first steps in computer vision.';

export const caseAnsweringScript: Script = {
  task: assistantTask('case-answering', {
    messages: [
      fact('I learn best with pictures.', 'visual'),
      fact('My study sessions are 120 minutes long.', 'sessions'),
      fact('What interests me most is computer vision.', 'vision'),
    ],
    distractors: [distractor('My sister learns by listening, 20 minutes a day, and likes chemistry.')],
    query: 'Write a schedule for Day 1 that fits me.',
    answers: [DAY],
    facts: [{ ...SESSIONS, superseded: [] }, VISUAL, VISION],
    neededFactIds: ['sessions', 'visual', 'vision'],
    keyItems: ['120 minutes', 'pictures', 'computer vision'],
  }),
  completions: [
    call('Worth keeping.', {
      name: 'Add_memory',
      arguments: { content: 'The user learns best with pictures.' },
    }),
    answer('Noted.'),
    call('Worth keeping.', {
      name: 'Add_memory',
      arguments: { content: 'The user studies in sessions of 120 minutes.' },
    }),
    answer('Noted.'),
    call('Worth keeping.', {
      name: 'Add_memory',
      arguments: { content: 'The user is most interested in computer vision.' },
    }),
    answer('Noted.'),
    answer('Good for her.', 'This is about somebody else; nothing to store.'),
    call('What fits this user?', {
      name: 'Retrieve_memory',
      arguments: { query: 'how the user learns and studies', top_k: 3 },
    }),
    answer(DAY),
  ],
  stepsPerMessage: { 1: 4, 2: 4 },
  maxContextTokens: 1000,
};
