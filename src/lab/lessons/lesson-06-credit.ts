/** Credit over many steps, and its critics: the broadcast of the paper, and the fork that answers the objection. */
import { figure, signed } from '../figures';
import { compareFork, verdictOf } from '../group/fork-comparison';
import { phrase, say } from '../language/language';
import type { Lesson } from './lesson';

export const credit: Lesson = {
  id: 'credit',
  title: phrase('Credit over many steps'),
  about: phrase('Which steps of an episode are praised or blamed, and what speaks against it.'),
  begin: {
    family: 'qa',
    difficulty: 'revisions',
    split: 'evaluation',
    seed: 3,
    dice: 1,
    adapter: 'none',
    reward: 'paper-appendix',
    group: 8,
    preset: 'lab',
    advantage: null,
  },
  steps: [
    {
      words: phrase(
        'The reward comes at the end, but what earned it may have happened many steps before: a fact stored in stage 1 is paid for in stage 3. Press “Run group”.',
      ),
      at: 'run-group',
    },
    {
      words: phrase(
        'AgeMem hands the advantage of a rollout to every one of its steps, in all stages. That is how the step that stored something is reached at all.',
      ),
      at: 'group',
      formula: {
        tex: 'A_{k,t} = A_k',
        aside: phrase('\\text{for every step } t \\text{ of rollout } k'),
        says: phrase(
          'The advantage of step t in rollout k is the advantage of the whole rollout: it is broadcast.',
        ),
        source: 'P',
      },
    },
    {
      words: phrase(
        'The objection: a step that did no harm in a bad rollout is blamed with the rest. And step 4 of two rollouts cannot be compared, because by then their memories differ: they do not stand in the same state.',
      ),
      at: 'group',
    },
    {
      words: phrase(
        'A fork answers it. One memory state is taken, and several continuations are played from it. They share their past, so the differences between them come from what was done after it, and only that gets credit.',
      ),
      at: 'fork',
      formula: {
        tex: 'A_{k,t} = \\begin{cases} 0 & t \\le t_{\\text{fork}} \\\\ A_k & t > t_{\\text{fork}} \\end{cases}',
        says: phrase(
          'Steps of the common past get no advantage; steps after the fork get that of their continuation, normalised among the continuations of the same state.',
        ),
        source: 'D',
      },
    },
  ],
  question: {
    ask: phrase(
      'Find a step that the broadcast and a fork judge differently: one praises it and the other blames it, or one of them has nothing to say. The difference has to be larger than its error.',
    ),
    at: 'fork',
    hint: phrase(
      'Choose a rollout far from the mean, and in it a step that others take as well, like answering small talk; then “Fork here”. Late steps are often settled: all continuations are paid the same.',
    ),
    check: ({ group, groupLook: { fork } }) => {
      if (!group) return { passed: false, words: null };
      if (!fork)
        return { passed: false, words: say('There is a group, but none of its steps has been forked yet.') };
      const compared = compareFork(group, fork.rollout, fork.run);
      const { broadcast, forked, after, uncertainty } = compared;
      const told = {
        step: fork.run.step,
        rollout: fork.rollout + 1,
        broadcast: signed(broadcast),
        forked: signed(forked),
        after: signed(after, 3),
        error: figure(uncertainty),
      };
      switch (verdictOf(compared)) {
        case 'agree':
          return {
            passed: false,
            words: say(
              'Step {step} of rollout {rollout} gets {broadcast} by broadcast and {forked} by the fork: both push it the same way. Fork another step.',
              told,
            ),
          };
        case 'too-close':
          return {
            passed: false,
            words: say(
              'Step {step} of rollout {rollout}: what came from it on is {after}, less than the error of ± {error}. That is too close to tell. Fork it with more continuations, or another step.',
              told,
            ),
          };
        case 'disagree':
          return {
            passed: true,
            words: say(
              'Step {step} of rollout {rollout} gets {broadcast} by broadcast and {forked} by the fork: they push it opposite ways.',
              told,
            ),
          };
        case 'fork-silent':
          return {
            passed: true,
            words: say(
              'Step {step} of rollout {rollout} gets {broadcast} by broadcast and {forked} by the fork: from there on nothing was left to decide, and yet the broadcast pushes it.',
              told,
            ),
          };
        case 'broadcast-silent':
          return {
            passed: true,
            words: say(
              'Step {step} of rollout {rollout} gets {broadcast} by broadcast and {forked} by the fork: the broadcast is silent where the fork is not.',
              told,
            ),
          };
      }
    },
    after: {
      words: phrase(
        'A fork of every step would cost many more rollouts, and a few continuations are a rough measure. One can also train on forks: choose “continuations of one state (fork)” as the advantage of a run, and set the curves against those of a broadcast.',
      ),
      at: 'run-settings',
    },
  },
};
