/** The script of case study 2: one wish among small talk, which is filtered out and summarised before the plan. */
import type { Script } from '../../../../worker/what-if-protocol';
import { answer, call } from './completions';
import { assistantTask, distractor, fact, VISION } from './learning-assistant';

const PLAN = 'Week 1: regression. Week 2: neural networks. Week 3: computer vision with Python.';

export const caseFilteringScript: Script = {
  task: assistantTask('case-filtering', {
    messages: [fact('I want a crash course in machine learning that ends with computer vision.', 'vision')],
    distractors: [
      distractor('Quantum computers and blockchains are in the news; are quantum computers faster?'),
      distractor('My neighbour builds robots that bake sourdough bread.'),
      distractor('Sourdough bread and latte art are what I do on Sundays: latte art is hard.'),
    ],
    query: 'Please plan my crash course in machine learning.',
    answers: [PLAN],
    facts: [VISION],
    neededFactIds: ['vision'],
    keyItems: ['computer vision'],
  }),
  completions: [
    call('The goal of the course must survive the reset.', {
      name: 'Add_memory',
      arguments: {
        content: 'The user wants a crash course in machine learning that ends with computer vision.',
      },
    }),
    answer('Noted.'),
    call('This has nothing to do with the course.', {
      name: 'Filter_context',
      arguments: {
        criteria: 'Quantum computers and blockchains in the news, are quantum computers faster',
      },
    }),
    answer('Let us stay with the course.'),
    answer('A nice hobby.'),
    call('Robots, sourdough and latte art are beside the point.', {
      name: 'Filter_context',
      arguments: { criteria: 'Sourdough bread and latte art on Sundays, latte art is hard' },
    }),
    answer('Back to the course.'),
    call('What do I know of the course?', {
      name: 'Retrieve_memory',
      arguments: { query: 'crash course in machine learning', top_k: 1 },
    }),
    call('Everything before the plan in a few words.', {
      name: 'Summary_context',
      arguments: { span: 'all' },
    }),
    answer(PLAN),
  ],
  stepsPerMessage: { 1: 4, 2: 4 },
  maxContextTokens: 1000,
};
