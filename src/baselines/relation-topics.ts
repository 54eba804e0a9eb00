/**
 * What a relation is about, however it is said: "lives in", "has a flat in", "'s home is in" are all about where somebody
 * lives. A small thesaurus of everyday English stands in for what a language model knows; relations it does not hold are
 * compared by their own words. "Works as a" and "is a" share a topic, "likes" and "owns a" do not.
 */
import { wordsOf } from '../memory/audit/words';

const TOPICS: Readonly<Record<string, string>> = {
  home: 'lives live lived living home flat house moved relocated settled resides rents stays calls address apartment dwells',
  job: 'works work worked job employed employment became trade profession occupation retrained switched career hired',
  taste: 'likes like liked loves love enjoys favourite favorite fond mad prefers orders craves adores',
  belongings: 'owns own owned bought keeps possesses possess belongs got swapped traded acquired',
  birth: 'born birthday birth older',
  measure: 'melts melt melted melting liquid boils boiling weighs costs',
  life: 'years life old age',
  beside: 'beside next together near wherever',
  whereabouts:
    'stands lies lie find found put puts moved move kept keep left sits located carried stored hid placed look bring brings brought waiting belongs goes wants mount mounted set',
  creation: 'made make makes known built wrote painted composed',
  shown: 'shown seen see finds exhibited displayed visible',
  mixture: 'mixed mix need needs take recipe ingredients',
  filling: 'fill filled wants glass comes',
};

const BY_WORD: ReadonlyMap<string, ReadonlySet<string>> = (() => {
  const topics = new Map<string, Set<string>>();
  for (const [topic, list] of Object.entries(TOPICS)) {
    for (const word of list.split(' ')) topics.set(word, (topics.get(word) ?? new Set()).add(topic));
  }
  return topics;
})();

/** Grammar and placing: no topic of its own. */
const BARE = new Set(
  'is are was were be been has have had a an the in on at to of for as with by behind under it its into onto just now'.split(
    ' ',
  ),
);

/** What a relation of grammar alone is about, by the first that fits: "is a baker", "has a tent", "is in the attic". */
const BY_GRAMMAR: readonly { readonly shape: RegExp; readonly topics: readonly string[] }[] = [
  { shape: /\b(?:has|have|had)\b/, topics: ['belongings'] },
  { shape: /\b(?:in|on|at|to|behind|under|into|onto)\b/, topics: ['whereabouts', 'home'] },
  { shape: /\bby\b/, topics: ['creation'] },
  { shape: /\bfor\b/, topics: ['filling'] },
  { shape: /\b(?:a|an)$/, topics: ['job'] },
];
const COPULA = /^(?:is|are|was|were)\b/;

export interface Topic {
  /** Topics of the thesaurus. */
  readonly known: ReadonlySet<string>;
  /** Words of content, for relations outside of it. */
  readonly words: ReadonlySet<string>;
  /** It begins with a form of "be"; `alone`: that is all of it, and it goes with any other that does. */
  readonly copula: 'none' | 'first' | 'alone';
}

export function topicOf(relation: string): Topic {
  const all = wordsOf(relation).map(({ text }) => text);
  const words = new Set(all.filter((word) => !BARE.has(word)));
  const text = all.join(' ');
  const topics =
    words.size > 0
      ? all.flatMap((word) => [...(BY_WORD.get(word) ?? [])])
      : (BY_GRAMMAR.find(({ shape }) => shape.test(text))?.topics ?? []);
  const alone = words.size === 0 && topics.length === 0;
  return { known: new Set(topics), words, copula: COPULA.test(text) ? (alone ? 'alone' : 'first') : 'none' };
}

/** Whether two relations can be about the same. */
export function sameTopic(a: Topic, b: Topic): boolean {
  for (const topic of a.known) if (b.known.has(topic)) return true;
  for (const word of a.words) if (b.words.has(word)) return true;
  return (a.copula === 'alone' && b.copula !== 'none') || (b.copula === 'alone' && a.copula !== 'none');
}
