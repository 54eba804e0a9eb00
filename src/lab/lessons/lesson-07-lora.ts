/** LoRA: what is trained is a small change beside weights that stay as they are. */
import { figure } from '../figures';
import { phrase, say } from '../language/language';
import type { Lesson } from './lesson';

export const lora: Lesson = {
  id: 'lora',
  title: phrase('LoRA'),
  about: phrase('What training changes in the policy, and where one can see it.'),
  begin: {
    family: 'qa',
    difficulty: 'revisions',
    split: 'evaluation',
    seed: 3,
    dice: 1,
    adapter: 'none',
    reward: 'paper-appendix',
    preset: 'lab',
    advantage: null,
  },
  steps: [
    {
      words: phrase(
        'Training leaves the weights of the policy alone. Beside each linear layer W stands an adapter: two thin matrices whose product is added. Their rank r is small, so there is little to learn and little to keep.',
      ),
      formula: {
        tex: "\\begin{gathered} W' = W + \\frac{\\alpha}{r}\\, B A, \\\\ A \\in \\mathbb{R}^{r \\times d_{\\text{in}}},\\ B \\in \\mathbb{R}^{d_{\\text{out}} \\times r} \\end{gathered}",
        says: phrase(
          'The layer in force is W plus B times A, scaled by alpha over r. A maps the input of the layer to r numbers, B maps those to its output.',
        ),
        source: 'D',
      },
    },
    {
      words: phrase(
        'B begins at zero, so at first the adapter adds nothing and the policy is exactly the base policy. That is also how the reference of the KL term is had for nothing: the same model with the adapter off.',
      ),
      at: 'training',
      formula: {
        tex: "\\begin{gathered} B = 0 \\ \\Rightarrow\\ W' = W, \\\\ \\pi_{\\text{ref}} = \\pi_\\theta\\big|_{BA = 0} \\end{gathered}",
        says: phrase(
          'With B zero the layer is the base layer. The reference policy is the policy without its adapter.',
        ),
        source: 'D',
      },
    },
    {
      words: phrase(
        'One update is enough to see it. It plays two groups of eight and takes a few seconds. Runs that are kept in this browser stay.',
      ),
      at: 'run-settings',
      set: {
        label: phrase('Set up a run of one update'),
        to: { steps: 1, tasks: 2, rollouts: 8, evaluate: 0 },
      },
    },
    { words: phrase('Press “Train” and wait until the update is done.'), at: 'run-buttons' },
    {
      words: phrase(
        'Now let the adapter you have just trained play: choose “Trained in this tab” as the player.',
      ),
      at: 'task-choice',
    },
  ],
  question: {
    ask: phrase(
      'Look inside a token that your adapter wrote, and let the lab show what the adapter added there.',
    ),
    at: 'inside',
    hint: phrase(
      'With “Trained in this tab” as the player press “Step”, then “Look inside”. The base policy has no adapter, and the shipped one is not yours.',
    ),
    check: ({ episode, looked, training }) => {
      const adapter = episode?.opened?.options.adapter;
      if (!looked || looked.place.episodeId !== episode?.episodeId) {
        const next = training.trained
          ? adapter === 'trained'
            ? say('Your adapter plays. Now look inside one of its tokens.')
            : say('An adapter has been trained, but another player is on.')
          : null;
        return { passed: false, words: next };
      }
      const [most] = [...looked.look.deltas].sort((one, other) => other.delta - one.delta);
      if (adapter !== 'trained') {
        return {
          passed: false,
          words: most
            ? say('You looked inside a token of the shipped adapter. Train one of your own.')
            : say('You looked inside a token of the base policy: no adapter, nothing added.'),
        };
      }
      if (!most || most.delta <= 0)
        return { passed: false, words: say('Your adapter adds nothing here yet.') };
      return {
        passed: true,
        words: say(
          'In layer {layer} it added most to `{module}`: a vector of norm {delta} in an output of norm {output}.',
          {
            layer: looked.look.layer + 1,
            module: most.module,
            delta: figure(most.delta),
            output: figure(most.output),
          },
        ),
      };
    },
    after: {
      words: phrase(
        'After one update it is little. The shipped adapter went through a whole run: let it play the same task, look inside the same token, and compare.',
      ),
      at: 'inside',
      set: { label: phrase('Let the shipped adapter play'), to: { adapter: 'shipped' } },
    },
  },
};
