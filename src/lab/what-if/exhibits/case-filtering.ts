/** Case study 2 of the paper, retold: short-term memory under distractors. */
import { answer, call, type ScriptExhibit } from './exhibit';
import { assistantTask, distractor, fact, VISION } from './learning-assistant';

const PLAN = 'Week 1: regression. Week 2: neural networks. Week 3: computer vision with Python.';

export const caseFiltering: ScriptExhibit = {
  kind: 'script',
  id: 'case-filtering',
  title: 'Case study 2: a context that is kept clean',
  about:
    'The user wants a crash course in machine learning, and in between writes about quantum computers, blockchains, robots, sourdough and latte art. Watch short-term memory: what does not belong is filtered out, and what is left is summarised before the plan is made. Retold from the paper in our own words; every completion is scripted, the similarities are computed here.',
  source: 'P',
  script: {
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
  },
};
