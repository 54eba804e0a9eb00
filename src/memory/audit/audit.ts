/**
 * An audit of a memory: what of it is dead weight, and why. People who ran such stores found most of what
 * they held to be junk, so the share is told. Every finding says in words and numbers what it goes by and what
 * would mend it; nothing is changed here, and what is changed by it can be undone.
 *
 * Entries are looked at once for each kind of finding and in pairs only where they share words (pairs.ts), so the time
 * grows with their number: 5,000 sentences take about a second, 50,000 some ten (the test prints it).
 */
import { inWords, lastUse, MINUTE } from '../ageing';
import type { JournalUse } from '../history/use';
import { compareIds } from '../index/ranking';
import type { EntryText } from '../memory';
import { type Contradiction, contradiction, metadataKey } from './contradictions';
import type { AuditFinding, AuditReport, FindingKind } from './findings';
import { JUNK, judge } from './junk';
import { Likeness, NEAR_DUPLICATE, sameWords } from './near-duplicates';
import { pairsOf } from './pairs';
import { type ReadEntry, readEntry } from './reading';

/** Retrievals an entry must have been passed over by before it is told as never retrieved. */
export const PASSED_OVER = 20;
/** Neither written nor retrieved for so long: stale. Milliseconds. */
export const STALE = 180 * 24 * 60 * 60 * 1000;

export interface AuditedMemory {
  /** In order of creation. */
  readonly entries: readonly EntryText[];
  readonly use: JournalUse;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** How much is done between two breaths: some ten milliseconds of entries, of pairs. */
const ENTRIES_A_STEP = 500;
const PAIRS_A_STEP = 5000;

/** `auditInSteps` in one go. */
export function auditMemory(memory: AuditedMemory): AuditReport {
  const steps = auditInSteps(memory);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/**
 * Findings by kind, the surest first, and within a kind in order of creation. Stops now and then, so that whoever
 * drives it can let others have their turn.
 */
export function* auditInSteps({ entries, use, now }: AuditedMemory): Generator<void, AuditReport> {
  const looked: ReadEntry[] = [];
  for (const entry of entries) {
    looked.push(readEntry(entry));
    if (looked.length % ENTRIES_A_STEP === 0) yield;
  }
  const copies = duplicates(looked);
  const junk = passingRemarks(looked);
  const settled = new Set([...copies.flatMap(({ ids }) => ids.slice(1)), ...junk.flatMap(({ ids }) => ids)]);
  const pairs = yield* comparePairs(looked.filter(({ entry }) => !settled.has(entry.id)));
  const findings = [...copies, ...pairs, ...junk];
  const removed = new Set(findings.flatMap(removedBy));
  const quiet = entries.filter(({ id }) => !removed.has(id));
  findings.push(...neverRetrieved(quiet, use), ...stale(quiet, use, now));
  return {
    entries: entries.length,
    findings,
    junkShare: entries.length === 0 ? 0 : removed.size / entries.length,
    counts: countsOf(findings),
  };
}

/** Ids that the proposal of a finding would remove. */
function removedBy({ proposal }: AuditFinding): readonly string[] {
  if (proposal.kind === 'none') return [];
  return proposal.kind === 'delete' ? proposal.ids : proposal.ids.slice(1);
}

/** Copies are counted without the one that stays. */
function countsOf(findings: readonly AuditFinding[]): AuditReport['counts'] {
  const counts: Record<FindingKind, number> = {
    duplicate: 0,
    'near-duplicate': 0,
    contradicted: 0,
    'never-retrieved': 0,
    junk: 0,
    stale: 0,
  };
  for (const finding of findings) counts[finding.kind] += Math.max(1, removedBy(finding).length);
  return counts;
}

/** What tells two owners of the same words apart. */
const OWNERS = ['subject', 'user', 'user_id', 'agent_id', 'run_id'] as const;
const ownerOf = ({ metadata }: EntryText): string =>
  JSON.stringify(OWNERS.map((key) => (Object.hasOwn(metadata, key) ? metadata[key] : null)));

function duplicates(looked: readonly ReadEntry[]): AuditFinding[] {
  const groups = new Map<string, EntryText[]>();
  for (const { entry, words } of looked) {
    const said = words.length > 0 ? words.map(({ text }) => text).join(' ') : entry.content.trim();
    // Punctuation and capitals aside; a question is no statement.
    const key = `${said}${/[?？]\s*$/u.test(entry.content) ? '?' : ''}${ownerOf(entry)}`;
    const group = groups.get(key);
    if (group) group.push(entry);
    else groups.set(key, [entry]);
  }
  return [...groups.values()].flatMap((group) => {
    if (group.length < 2) return [];
    const exact = group.every(({ content }) => content === group[0].content);
    const why = `${group.length} entries say the same${exact ? ', letter by letter' : ', but for capitals and punctuation'}.`;
    return [merge('duplicate', group, why)];
  });
}

function merge(kind: 'duplicate' | 'near-duplicate', group: readonly EntryText[], why: string): AuditFinding {
  const ids = group.map(({ id }) => id);
  // What says most; of equals the newest.
  const { content } = group.reduce((best, entry) =>
    entry.content.length > best.content.length ||
    (entry.content.length === best.content.length && entry.updated >= best.updated)
      ? entry
      : best,
  );
  return { kind, ids, why, proposal: { kind: 'merge', ids, content } };
}

function passingRemarks(looked: readonly ReadEntry[]): AuditFinding[] {
  return looked.flatMap(({ entry: { id, content } }) => {
    const { score, signs } = judge(content);
    if (score < JUNK) return [];
    const by = signs.length > 0 ? `, by ${signs.map((sign) => JSON.stringify(sign)).join(', ')}` : '';
    return [
      {
        kind: 'junk',
        ids: [id],
        why: `Sounds like small talk or hearsay${by} (score ${score.toFixed(1)}, from ${JUNK.toFixed(1)} on).`,
        proposal: { kind: 'delete', ids: [id] },
      },
    ];
  });
}

/** Near-duplicates and contradictions, from pairs that share words. */
function* comparePairs(looked: readonly ReadEntry[]): Generator<void, AuditFinding[]> {
  const likeness = new Likeness();
  const clusters = new Clusters(looked.length);
  const overruled = new Map<number, { readonly by: number; readonly found: Contradiction }>();
  const owners = looked.map(({ entry }) => ownerOf(entry));
  const time = ({ entry }: ReadEntry) => entry.updated;
  let compared = 0;
  for (const { a, b } of pairsOf(
    looked.map(({ words }) => words),
    (i) => metadataKey(looked[i].entry),
  )) {
    if (++compared % PAIRS_A_STEP === 0) yield;
    const [older, newer] = time(looked[a]) <= time(looked[b]) ? [a, b] : [b, a];
    const found = contradiction(looked[older], looked[newer]);
    if (found) {
      const known = overruled.get(older);
      if (!known || time(looked[known.by]) <= time(looked[newer])) overruled.set(older, { by: newer, found });
    } else if (owners[a] === owners[b] && sameWords(looked[a], looked[b])) {
      const cosine = likeness.of(looked[a].entry.content, looked[b].entry.content);
      if (cosine >= NEAR_DUPLICATE) clusters.join(a, b, cosine);
    }
  }
  const near = clusters.groups().map(({ members, least }) => {
    const group = members.filter((i) => !overruled.has(i)).map((i) => looked[i].entry);
    const why = `${group.length} entries have the same names, numbers and words of content; their wording is alike by ${least.toFixed(2)} or more (from ${NEAR_DUPLICATE.toFixed(2)} on).`;
    return group.length < 2 ? null : merge('near-duplicate', group, why);
  });
  const contradicted = [...overruled].map(([older, { by, found }]): AuditFinding => {
    const [old, fresh] = [looked[older].entry, looked[by].entry];
    return {
      kind: 'contradicted',
      ids: [old.id, fresh.id],
      why: `${fresh.id} is newer${newerBy(fresh.updated - old.updated)} and ${SIGNS[found.sign](found)}.`,
      proposal: { kind: 'delete', ids: [old.id] },
    };
  });
  const findings = [...near.filter((finding) => finding !== null), ...contradicted];
  const order = { 'near-duplicate': 0, contradicted: 1 };
  return findings.sort(
    (a, b) =>
      order[a.kind as keyof typeof order] - order[b.kind as keyof typeof order] ||
      compareIds(a.ids[0], b.ids[0]),
  );
}

const SIGNS: Readonly<Record<Contradiction['sign'], (found: Contradiction) => string>> = {
  metadata: ({ older, newer }) =>
    `has the same subject and relation in its metadata, with ${JSON.stringify(newer)} in the place of ${JSON.stringify(older)}`,
  'taken back': ({ older, newer }) => `takes ${JSON.stringify(older)} back and says ${JSON.stringify(newer)}`,
  'another value': ({ older, newer }) =>
    `says ${JSON.stringify(newer)} in the same sentence in which this says ${JSON.stringify(older)}`,
};

function neverRetrieved(entries: readonly EntryText[], use: JournalUse): AuditFinding[] {
  return entries.flatMap(({ id }) => {
    const { retrievals, retrievalsBefore } = use.of(id);
    const passed = use.retrievals - retrievalsBefore;
    if (retrievals > 0 || passed < PASSED_OVER) return [];
    const why = `None of the ${passed} retrievals since it was written has found it.`;
    return [{ kind: 'never-retrieved', ids: [id], why, proposal: { kind: 'none' } }];
  });
}

function stale(entries: readonly EntryText[], use: JournalUse, now: number): AuditFinding[] {
  return entries.flatMap((entry) => {
    const idle = now - lastUse(entry, use.of(entry.id));
    if (idle < STALE) return [];
    const why = `Neither written nor retrieved for ${inWords(idle)}.`;
    return [{ kind: 'stale', ids: [entry.id], why, proposal: { kind: 'none' } }];
  });
}

/** Which entries belong together: union by the smaller index, with the least likeness that joined them. */
class Clusters {
  readonly #parent: number[];
  readonly #least = new Map<number, number>();

  constructor(size: number) {
    this.#parent = Array.from({ length: size }, (_, i) => i);
  }

  join(a: number, b: number, cosine: number): void {
    const [low, high] = [this.#root(a), this.#root(b)].sort((x, y) => x - y);
    const least = Math.min(cosine, this.#least.get(low) ?? 1, this.#least.get(high) ?? 1);
    this.#parent[high] = low;
    this.#least.set(low, least);
  }

  groups(): readonly { readonly members: readonly number[]; readonly least: number }[] {
    const groups = new Map<number, number[]>();
    for (let i = 0; i < this.#parent.length; i++) {
      const root = this.#root(i);
      const group = groups.get(root);
      if (group) group.push(i);
      else groups.set(root, [i]);
    }
    return [...groups]
      .filter(([, members]) => members.length > 1)
      .map(([root, members]) => ({ members, least: this.#least.get(root) ?? 1 }));
  }

  #root(i: number): number {
    let root = i;
    while (this.#parent[root] !== root) root = this.#parent[root];
    this.#parent[i] = root;
    return root;
  }
}

/** " by 8 days"; nothing where the clock hardly moved, as within one import. */
function newerBy(time: number): string {
  return time < MINUTE ? '' : ` by ${inWords(time)}`;
}
