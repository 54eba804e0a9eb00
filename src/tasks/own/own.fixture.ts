/** Tasks in words of nobody's inventory, written by hand or drawn at random, for tests. */
import type { Random } from '../random';
import type { OwnTask } from './form';

export const KESTREL: OwnTask = {
  question: "What is Zorvane's kestrel called?",
  answers: ['Umlo'],
  messages: [
    {
      says: 'Zorvane has a kestrel called Ibbo.',
      states: [{ id: 'kestrel', about: 'Zorvane', value: 'Ibbo', needed: true }],
    },
    { says: 'What a wet morning.' },
    {
      says: 'Correction: Zorvane has a kestrel called Umlo.',
      corrects: [{ id: 'kestrel', value: 'Umlo' }],
    },
  ],
};

const WORDS = ['Qé', '李娜', 'Ångström', 'x-7', "O'Neil", 'naïve', '🦉', 'İz', 'ﬁn', 'a b', 'Zorvane', 'Ulm'];

/** Valid, with any letters; some facts corrected, some messages stating two. */
export function randomTask(random: Random): OwnTask {
  const name = (i: number) => `${random.pick(WORDS)} ${i}`;
  let serial = 0;
  const fresh = () => name(++serial);
  const facts = Array.from({ length: 1 + random.int(4) }, (_, i) => ({
    id: `n${i}`,
    about: fresh(),
    value: fresh(),
    needed: i === 0 || random.chance(0.3),
  }));
  const messages: OwnTask['messages'] = facts.map((fact) => ({
    says: `${fact.about} has ${fact.value}.`,
    states: [fact],
  }));
  const corrections: OwnTask['messages'] = facts
    .filter(() => random.chance(0.4))
    .map(({ id, about }) => {
      const value = fresh();
      return { says: `No: ${about} has ${value}!`, corrects: [{ id, value }] };
    });
  const chatter: OwnTask['messages'] = random.chance(0.5) ? [{ says: `So, ${fresh()}?` }] : [];
  return {
    question: `What about ${facts[0].about}?`,
    answers: [fresh()],
    messages: [...messages, ...chatter, ...corrections],
    ...(random.chance(0.5) && { distractors: random.chance(0.5) ? [] : [`In a film, ${fresh()}.`] }),
    ...(random.chance(0.2) && { key: [fresh()] }),
  };
}
