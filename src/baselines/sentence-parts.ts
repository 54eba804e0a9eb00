/**
 * The parts of a plain English sentence: of whom it speaks, what it says, and what it says to be over. Rewriting comes
 * first ("S left Oslo for Rome" speaks of Rome and takes Oslo back), then a row of shapes from the most particular
 * ("the R of S is V") to the plainest (subject, verb, rest). No dictionary of names: a name is what stands where a name
 * stands. What fits no shape has no parts.
 */

export interface Parts {
  /** Read by a particular shape; else subject, verb and rest were told apart by the verb alone. */
  readonly sure: boolean;
  readonly subject: string;
  /** Words between, e.g. "works as a", "has boss". */
  readonly relation: string;
  readonly value: string;
}

export interface Taken {
  /** What holds, to be read for its parts. */
  readonly text: string;
  /** What is kept of it. */
  readonly kept: string;
  /** Values said to hold no longer. */
  readonly over: readonly string[];
  /** It speaks of a change. */
  readonly changes: boolean;
  /** Something is denied or over, and nothing is put in its place. */
  readonly denies: boolean;
}

/**
 * Rewriting of a change to what holds after it. `over`: the group that holds no longer. `asSaid`: without it the sentence
 * would be no English any more, so it is kept as it stands.
 */
const CHANGES: readonly {
  readonly shape: RegExp;
  readonly to: string;
  readonly over: number;
  readonly asSaid?: true;
}[] = [
  { shape: /^not (.+?) but (.+)$/i, to: '$2', over: 1 },
  { shape: /^(.+?) (is|are|was) (?:no longer|not) (.+?) but (.+)$/i, to: '$1 $2 $4', over: 3 },
  { shape: /^(.+?) (?:no longer|does not) (\w+) (.+?) but (.+)$/i, to: '$1 $2 $4', over: 3 },
  { shape: /^(.+?) took over from (.+?) as (.+)$/i, to: '$1 is the $3', over: 2 },
  { shape: /^(.+?)(?:, (?:and )?not| and not|,? rather than|,? instead of) (.+)$/i, to: '$1', over: 2 },
  { shape: /^(.+?) (prefers .+?) to (.+)$/i, to: '$1 $2', over: 3 },
  {
    shape: /^(.+?) (switched|moved|relocated|changed|went) from (.+?) to (.+)$/i,
    to: '$1 $2 to $4',
    over: 3,
    asSaid: true,
  },
  { shape: /^(.+?) (left) (.+?) for (.+)$/i, to: '$1 moved to $4', over: 3, asSaid: true },
  {
    shape: /^(.+?) (?:has |have )?(swapped|traded|exchanged|replaced) (.+?) (?:for|by|with) (.+)$/i,
    to: '$1 $2 for $4',
    over: 3,
    asSaid: true,
  },
  { shape: /^(.+?) (?:sold|gave up|went off|gave away|lost|dropped) (.+?) and (.+)$/i, to: '$1 $3', over: 2 },
];
const CHANGE_WORD =
  /\b(now|no longer|any ?more|moved|became|since|after all|relocated|retrained|switched|swapped|traded|new|changed|carried)\b/i;
const DENIAL =
  /\b(no longer|not|never|n't|any ?more|used to|stopped|gave up|sold|left|quit|dislikes?|hates?)\b/i;
/** Adverbs that say nothing of the matter. */
const TRAILING =
  /[,\s]+(?:please|today|now|again|too|after all|in the end|at the end|when all is done|at home|at all|any ?more|anymore|for good|these days|somewhere)$/i;
const LEADING =
  /^(?:by trade|by profession|since today|by now|from now on|as of today|meanwhile|today|now|then),?\s+/i;

/** Longer sentences are not taken apart. Characters. */
const LONGEST = 400;

export function withoutChange(sentence: string): Taken {
  if (sentence.length > LONGEST)
    return { text: sentence, kept: sentence, over: [], changes: false, denies: false };
  let text = bare(sentence);
  const changes = CHANGE_WORD.test(text) || LEADING.test(text);
  text = text.replace(LEADING, '');
  const over: string[] = [];
  let kept = sentence;
  for (const { shape, to, over: group, asSaid } of CHANGES) {
    const match = shape.exec(text);
    if (!match) continue;
    over.push(nominal(match[group]));
    text = text.replace(shape, to);
    if (!asSaid) kept = `${text}.`;
  }
  const denies = over.length === 0 && DENIAL.test(text);
  text = bare(text.replace(/\b(?:now|currently|just|always)\s+/gi, ''));
  return { text, kept, over, changes: changes || over.length > 0, denies };
}

/** Without end mark and trailing adverbs. */
function bare(text: string): string {
  let now = text.trim().replace(/[.!?…]+$/u, '');
  for (let i = 0; i < 3; i++) now = now.replace(TRAILING, '').trim();
  return now;
}

/** A noun phrase without its article. */
export function nominal(text: string): string {
  return text
    .trim()
    .replace(/^(?:as )?(?:the|an|a|my|our|your|his|her|their|its|some)\s+/i, '')
    .replace(/[,;:.!?]+$/u, '')
    .trim();
}

const PREPOSITIONS =
  'in|on|at|to|into|onto|behind|beside|under|over|near|with|from|for|as|of|by|about|after|above|below|inside|between|like';
const PLACED = '(?:in|on|by|behind|under|beside|near|inside|above|below)';

/** Shapes whose groups are named s, v, and r or, where the relation is a noun, n. */
const SHAPES: readonly RegExp[] = [
  // "Meet V, the R of S"; "V is the R of S"
  /^meet (?<v>.+?), the (?<n>.+?) of (?<s>.+)$/i,
  /^(?<v>[^,]+?) is the (?<n>\w+(?: \w+)?) of (?<s>.+)$/i,
  // "The R of S is (in) V", "S's R is (in) V"
  /^the (?<n>.+?) of (?<s>.+?) (?:is|are|was)(?: in| on| at| that of)? (?<v>.+)$/i,
  /^(?<s>.+?)['’]s (?<n>.+?) (?:is|are|was)(?: in| on| at)? (?<v>.+)$/i,
  // "S has a boss called V", "S has a new boss, V", "S told me about a boss, V"
  /^(?<s>.+?) (?:has|have|told \w+ about) (?:an?|the) (?:new )?(?<n>\w+)(?:,| called| named) (?<v>.+)$/i,
  // "S has boss V", as a memory writes down what it has read (`statement.ts`), and must read again to find it out of date
  /^(?<s>.+?) has (?<n>\p{Ll}+) (?<v>\p{Lu}.*)$/u,
  // "V is where S lives"; "V is what the S is for"
  /^(?<v>.+?) is (?:where|when|what|who) (?<s>.+?) (?<r>\S+(?: for)?)$/i,
  // "V belongs to S" owns, not "S belongs in V"
  /^(?<v>.+?) (?<r>belongs) to (?<s>.+)$/i,
  // "S calls V home"
  /^(?<s>.+?) (?<r>calls) (?<v>.+?) home$/i,
  // "Wherever V is, there is S"
  /^(?<r>where(?:ver)?) (?<v>.+?) (?:is|are|lies), there (?:is|are|lies) (?<s>.+)$/i,
  // "Behind the V there is the S", "In the V they wait for the S"
  new RegExp(
    `^(?:right |just )?(?<r>${PLACED}) (?<v>.+?) (?:(?:there )?(?:is|are|lies|stands)|they are \\w+ for) (?<s>.+)$`,
    'i',
  ),
  // "At 90 degrees S becomes liquid"
  /^at (?<v>\S+ \S+) (?<s>\S+) (?<r>\S+ .+)$/i,
  // "For S you need V", "Take V and you get S"
  /^for (?<s>.+?) (?:you|we|one) (?<r>needs?|takes?|uses?) (?<v>.+)$/i,
  /^(?<r>take|mix|use) (?<v>.+?) and you get (?<s>.+)$/i,
];

/** Who does something to a thing says where the thing is then. */
const SOMEBODY = /^(?:i|you|we|they|one|people|somebody|someone|nobody)\s+/i;
const AUXILIARIES = /^(?:(?:will|can|have|has|had|may|should|must|want to|need to|always|just|please)\s+)+/i;
const REQUEST = /^(?:please|remember to|do not forget to|don['’]t forget to|you should|make sure to)\s+/i;
const DOING =
  /^(?<verb>put|puts|keep|keeps|kept|find|finds|found|moved?|left|leave|brought|bring|carry|carried|take|took|saw|see|seen|fill|mount|place|placed|store|stored|look for|hide|hid|set)\s+(?<rest>.+)$/i;
/** Words with which what is said of the subject may begin. */
const VERBS =
  /^(?:is|are|was|were|has|have|had|can|will|shall|may|must|lies|lie|stands|stand|belongs|goes|comes|lives|live|wants|likes|loves|melts|owns|makes|made|make|takes|gets|needs|keeps|works|became|becomes|contains|sits|hangs|rests|melted|costs|means|weighs|opens|closes|starts|ends|bought|got|gave|found|took|told|met|saw|won|built|wrote|sold|went|came|read|drew|heard|kept|lost|held|put|left|ran|sat|stood|[a-z]{2,}[^s]s|[a-z]{3,}ed)$/;

/** Whether a word can be what says something of the subject before it. */
export const isVerb = (word: string): boolean => VERBS.test(word);

export function partsOf(sentence: string): Parts | null {
  if (sentence.length > LONGEST) return null;
  for (const shape of SHAPES) {
    const found = shape.exec(sentence)?.groups;
    if (found) return parts(found.s, found.n === undefined ? found.r : `has ${found.n}`, found.v, true);
  }
  return (
    done(sentence.replace(REQUEST, '').replace(SOMEBODY, '').replace(AUXILIARIES, '')) ?? plain(sentence)
  );
}

/** "keep the S in the V": the thing, what is done with it, and where. */
function done(text: string): Parts | null {
  const groups = DOING.exec(text)?.groups;
  if (!groups) return null;
  const split = new RegExp(`^(?<s>.+?) (?<r>${PREPOSITIONS}) (?<v>.+)$`, 'i').exec(groups.rest)?.groups;
  return split ? parts(split.s, `${groups.verb.toLowerCase()} ${split.r}`, split.v, true) : null;
}

/** Subject, verb and rest; the value is what the rest ends with. */
function plain(text: string): Parts | null {
  const words = text.split(/\s+/u);
  if (words.length < 3 || SOMEBODY.test(`${words[0]} `)) return null;
  const article = /^(?:the|an?|my|our|his|her|their)$/i.test(words[0]);
  const verb = words.findIndex((word, i) => i > (article ? 1 : 0) && VERBS.test(word));
  if (verb < 1) return null;
  const rest = words.slice(verb);
  if (rest.length < 2) return null;
  const cut = valueStart(rest);
  return parts(
    words.slice(0, verb).join(' '),
    rest.slice(0, cut).join(' '),
    rest.slice(cut).join(' '),
    false,
  );
}

/** Behind the last preposition or article of what is said; else behind the verb. */
function valueStart(rest: readonly string[]): number {
  const link = new RegExp(`^(?:${PREPOSITIONS}|the|an?|called|some)$`, 'i');
  const last = rest.findLastIndex((word, i) => i < rest.length - 1 && link.test(word));
  if (last > 0) return last + 1;
  const extra = rest.findIndex(
    (word, i) => i > 0 && !/^(?:is|are|be|been|been|not|very|just|always|really)$/.test(word),
  );
  return extra > 0 ? extra : 1;
}

/** Speak of nothing that could be remembered. */
const NO_SUBJECT =
  /^(?:it|this|that|there|what|how|who|why|where|when|little|much|nothing|everything|something|all|he|she|they|we|you|i|let|thanks|good|nice|see|one)\b/i;

/** Say nothing of anything. */
const NO_VALUE =
  /^(?:few|little|much|many|some|none|known|here|there|over|done|ready|fine|good|bad|nothing|too \w+|so \w+)$/i;

function parts(subject: string, relation: string, value: string, sure: boolean): Parts | null {
  const [s, v] = [nominal(subject), nominal(value)];
  if (s === '' || v === '' || NO_SUBJECT.test(s) || NO_VALUE.test(v) || s.length > 80 || v.length > 80)
    return null;
  return { sure, subject: s, relation: relation.trim().toLowerCase(), value: v };
}
