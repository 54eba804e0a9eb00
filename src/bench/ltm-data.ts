/** Made-up facts about made-up people: as many as wanted, the same for a seed, each a sentence of its own. */
import { SeededNumbers } from '../engine/parity/seeded-numbers';

const STARTS = [
  'ba',
  'del',
  'fi',
  'gor',
  'hu',
  'ja',
  'kel',
  'lo',
  'mi',
  'na',
  'or',
  'pe',
  'ris',
  'so',
  'tu',
  'va',
];
const ENDS = ['bert', 'dora', 'fin', 'gard', 'ken', 'lia', 'mar', 'na', 'ric', 'sta', 'ton', 'vik'];
const RELATIONS = [
  ['lives in', 'Where does', 'live?'],
  ['works at', 'Where does', 'work?'],
  ['was born in', 'Where was', 'born?'],
  ['keeps the spare key with', 'With whom does', 'keep the spare key?'],
  ['is allergic to', 'What is', 'allergic to?'],
  ['drives a car made by', 'Which car does', 'drive?'],
  ['wants to move to', 'Where does', 'want to move?'],
  ['is a friend of', 'Who is a friend of', '?'],
] as const;

function word(random: SeededNumbers): string {
  const pick = (parts: readonly string[]) => parts[random.integer(0, parts.length - 1)];
  const letters = pick(STARTS) + pick(STARTS) + pick(ENDS);
  return letters[0].toUpperCase() + letters.slice(1);
}

export interface Fact {
  readonly content: string;
  /** What it answers. */
  readonly question: string;
  readonly subject: string;
}

export function facts(count: number, seed: number): readonly Fact[] {
  const random = new SeededNumbers(seed);
  return Array.from({ length: count }, (_, i) => {
    const subject = `${word(random)} ${word(random)}`;
    const [relation, before, after] = RELATIONS[i % RELATIONS.length];
    return {
      content: `${subject} ${relation} ${word(random)}, number ${random.integer(1, 9999)}.`,
      question: `${before} ${subject} ${after}`,
      subject,
    };
  });
}
