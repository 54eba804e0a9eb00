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
  belongings: 'owns own owned has bought keeps possesses possess belongs got swapped traded acquired',
  birth: 'born birthday birth older',
  measure: 'melts melt melted melting liquid boils boiling weighs costs',
  life: 'years life old age',
  beside: 'beside next together near wherever',
  whereabouts:
    'behind stands lies lie find found put puts moved move kept keep left sits located carried stored hid placed look bring brings brought waiting belongs goes wants mount mounted set',
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
  'is are was were be been has have had a an the in on at to of for as with it its into onto just now'.split(
    ' ',
  ),
);

export interface Topic {
  /** Topics of the thesaurus. */
  readonly known: ReadonlySet<string>;
  /** Words of content, for relations outside of it. */
  readonly words: ReadonlySet<string>;
}

export function topicOf(relation: string): Topic {
  const words = wordsOf(relation).map(({ text }) => text);
  const known = new Set(words.flatMap((word) => [...(BY_WORD.get(word) ?? [])]));
  return { known, words: new Set(words.filter((word) => !BARE.has(word))) };
}

/** Whether two relations can be about the same; "is a" and "is in" say nothing of themselves and go with anything. */
export function sameTopic(a: Topic, b: Topic): boolean {
  if (a.words.size === 0 || b.words.size === 0) return true;
  for (const topic of a.known) if (b.known.has(topic)) return true;
  for (const word of a.words) if (b.words.has(word)) return true;
  return false;
}
