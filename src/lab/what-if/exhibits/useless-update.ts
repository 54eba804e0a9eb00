/** How eq. 24 to the letter is gamed, in one episode: an update that changes nothing for the better is paid in full. */
import { answer, call, type ScriptExhibit } from './exhibit';
import { assistantTask, fact, revision, SESSIONS } from './learning-assistant';

export const uselessUpdate: ScriptExhibit = {
  kind: 'script',
  id: 'useless-update',
  title: 'Maintenance paid for any update: one episode',
  about:
    'A script misses the revision and rewrites the stale entry in other words. Read to the letter, eq. 24 pays this update in full, because an update was performed; the meaningful reading pays nothing, because the old value is still there. Scripted, and paid twice here.',
  source: 'P',
  alsoAnyUpdate: true,
  script: {
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
  },
};
