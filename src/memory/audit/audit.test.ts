import { describe, expect, test } from 'vitest';
import { createRandom } from '../../tasks/random';
import { JournalUse } from '../history/use';
import type { JournalRecord } from '../journal';
import type { EntryText } from '../memory';
import { auditMemory, PASSED_OVER, STALE } from './audit';
import type { AuditFinding, AuditReport } from './findings';
import { entryOf, labelledEntries } from './labelled-tasks.fixture';
import { pairsOf } from './pairs';
import { wordsOf } from './words';

const DAY = 24 * 60 * 60 * 1000;
const texts = (...contents: readonly (string | Partial<EntryText>)[]): readonly EntryText[] =>
  contents.map((content, i) =>
    typeof content === 'string' ? entryOf(content, i) : entryOf(content.content ?? '', i, content),
  );
const audit = (entries: readonly EntryText[], use = new JournalUse(), now = 1_000_000): AuditReport =>
  auditMemory({ entries, use, now });
const brief = ({ kind, ids, proposal }: AuditFinding) => [kind, ids.join(' '), proposal.kind];

function retrieval(seq: number, at: number, ...ids: readonly string[]): JournalRecord {
  const hits = ids.map((id) => ({ id, score: 0.9 }));
  return {
    seq,
    at,
    by: { kind: 'user' },
    why: '',
    act: { id: seq, kind: 'retrieve' },
    op: { kind: 'retrieve', query: 'q', topK: 3, hits },
  };
}

describe('findings', () => {
  test('an empty memory has none', () => {
    expect(audit([])).toMatchObject({ entries: 0, findings: [], junkShare: 0 });
  });

  test('copies, near-copies, contradictions and small talk, each with its reason and what would mend it', () => {
    const report = audit(
      texts(
        'Rolf lives in Kiel.',
        'rolf lives in kiel',
        'Rolf lives in Oslo.',
        "Mira's home is in Lisbon.",
        'The home of Mira is in Lisbon.',
        'Good morning!',
        'In a novel, Kemal lives in Quito.',
        'Ada works as a chemist.',
      ),
    );
    expect(report.findings.map(brief)).toEqual([
      ['duplicate', 'm1 m2', 'merge'],
      ['near-duplicate', 'm4 m5', 'merge'],
      ['contradicted', 'm1 m3', 'delete'],
      ['junk', 'm6', 'delete'],
      ['junk', 'm7', 'delete'],
    ]);
    expect(report.findings[2].why).toBe(
      'm3 is newer and says "oslo" in the same sentence in which this says "kiel".',
    );
    // m2, m5, m1, m6, m7 of eight.
    expect(report.junkShare).toBe(5 / 8);
    expect(report.counts).toMatchObject({ duplicate: 1, 'near-duplicate': 1, contradicted: 1, junk: 2 });
  });

  test.each([
    ['another person', 'Rolf lives in Kiel.', 'Mira lives in Kiel.'],
    ['another number', 'Room 12 is locked.', 'Room 13 is locked.'],
    ['the opposite', 'Rolf eats meat at home.', 'Rolf eats no meat at home.'],
    ['another relation', 'Rolf likes tea.', 'Rolf works as a baker.'],
    ['a relation in other words', 'Rolf likes tea.', 'Rolf loves tea.'],
  ])('%s is neither copy nor contradiction', (_, ...contents) => {
    expect(audit(texts(...contents)).findings).toEqual([]);
  });

  test.each([
    ['now', 'Rolf lives in Kiel.', 'Rolf now lives in Oslo.'],
    ['no longer', 'Rolf is a baker.', 'Rolf is no longer a baker but a teacher.'],
    ['left for', 'Rolf lives in Kiel.', 'Rolf left Kiel for Oslo.'],
    ['a label', 'Rolf likes tea.', 'Correction: Rolf likes coffee.'],
    ['German', 'Jonas wohnt in Bremen.', 'Jonas wohnt nicht mehr in Bremen, sondern in Graz.'],
    ['Chinese', '李伟住在南京。', '李伟住在成都。'],
  ])('a newer entry takes an older one back: %s', (_, ...contents) => {
    expect(audit(texts(...contents)).findings.map(brief)).toEqual([['contradicted', 'm1 m2', 'delete']]);
  });

  test('newer is what was written later, whatever its id', () => {
    const [first, second] = texts('Rolf lives in Kiel.', 'Rolf lives in Oslo.');
    const report = audit([{ ...first, updated: 9 * DAY }, second]);
    expect(report.findings.map(brief)).toEqual([['contradicted', 'm2 m1', 'delete']]);
    expect(report.findings[0].why).toMatch(/^m1 is newer by 8 days and/);
  });

  test('metadata speak before words', () => {
    const about = (subject: string, value: string) => ({ subject, relation: 'home', value });
    const same = texts(
      { content: 'He is in Kiel these days.', metadata: about('Rolf', 'Kiel') },
      { content: 'A flat up in Oslo, says he.', metadata: about('rolf', 'Oslo') },
    );
    expect(audit(same).findings).toMatchObject([
      { kind: 'contradicted', why: expect.stringContaining('"oslo" in the place of "kiel"') },
    ]);
    const others = texts(
      { content: 'Lives in Kiel by the sea.', metadata: about('Rolf', 'Kiel') },
      { content: 'Lives in Kiel by the sea.', metadata: about('Mira', 'Kiel') },
    );
    expect(audit(others).findings).toEqual([]);
  });

  test('an entry contradicted twice is told once, against the newest; no proposal removes all of a group', () => {
    const report = audit(texts('Rolf lives in Kiel.', 'Rolf lives in Oslo.', 'Rolf lives in Rome.'));
    expect(report.findings.map(brief)).toEqual([
      ['contradicted', 'm1 m3', 'delete'],
      ['contradicted', 'm2 m3', 'delete'],
    ]);
  });

  test('never retrieved counts from when the entry was written; stale from its last use', () => {
    const use = new JournalUse();
    use.take([
      retrieval(1, 0),
      {
        seq: 2,
        at: 0,
        by: { kind: 'user' },
        why: '',
        act: { id: 2, kind: 'add' },
        op: { kind: 'add', after: entryOf('Rolf lives in Kiel.', 0) },
      },
      ...Array.from({ length: PASSED_OVER }, (_, i) => retrieval(3 + i, 5000, 'm2')),
    ]);
    const entries = texts('Rolf lives in Kiel.', 'Mira works as a pilot.');
    const [passed] = audit(entries, use, 10_000).findings;
    expect(brief(passed)).toEqual(['never-retrieved', 'm1', 'none']);
    expect(passed.why).toContain(`None of the ${PASSED_OVER} retrievals`);
    const old = audit(entries, use, 4999 + STALE).findings;
    expect(old.map(brief)).toEqual([
      ['never-retrieved', 'm1', 'none'],
      ['stale', 'm1', 'none'],
    ]);
    expect(audit(entries, use, 5000 + STALE).counts.stale).toBe(2);
  });

  test.each(['', '   ', '!!!', '__proto__', '\u0000', '😀', 'a'.repeat(100_000), '\ud800'])(
    'odd content %# is looked at without harm',
    (content) => {
      expect(audit(texts(content, 'Rolf lives in Kiel.', content)).findings.map(brief)[0]).toEqual([
        'duplicate',
        'm1 m3',
        'merge',
      ]);
    },
  );
});

describe('over random memories', () => {
  const SEEDS = process.env.SOAK ? 300 : 25;
  test('findings speak of entries there are, mending leaves nothing to mend of the kind, in any order of input the same', () => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const random = createRandom('audit', seed);
      const pool = labelledEntries('train', [seed, seed + 1], { distractors: true });
      const entries = Array.from({ length: 60 }, (_, i) =>
        entryOf(random.pick(pool).entry.content, i, { updated: random.int(50) * 1000 }),
      );
      const report = audit(entries);
      const ids = new Set(entries.map(({ id }) => id));
      const removed = new Set<string>();
      for (const { ids: about, proposal } of report.findings) {
        for (const id of about) expect(ids.has(id)).toBe(true);
        if (proposal.kind === 'merge') for (const id of proposal.ids.slice(1)) removed.add(id);
        if (proposal.kind === 'delete') for (const id of proposal.ids) removed.add(id);
      }
      expect(report.junkShare).toBe(removed.size / entries.length);
      const mended = audit(entries.filter(({ id }) => !removed.has(id)));
      expect(mended.counts).toMatchObject({ duplicate: 0, junk: 0 });
      expect(audit(entries)).toEqual(report);
    }
  });
});

test('pairs are each visited once, the earlier first, and their number grows with the entries, not with their square', () => {
  const count = process.env.SOAK ? 50_000 : 5_000;
  const visitsOf = (n: number) => {
    const all = Array.from({ length: n }, (_, i) =>
      wordsOf(`User ${i % 97} likes thing${i % 1013} in town${i % 31}.`),
    );
    let visits = 0;
    for (const { a, b } of pairsOf(all)) {
      if (a >= b) throw new Error(`${a} before ${b}`);
      visits++;
    }
    return visits;
  };
  const few = visitsOf(count / 5);
  const many = visitsOf(count);
  expect(many).toBeLessThan(8 * few);
  expect(many).toBeLessThan(192 * count);
});

test('what an audit takes', () => {
  const count = process.env.SOAK ? 50_000 : 5_000;
  const pool = labelledEntries(
    'train',
    Array.from({ length: 200 }, (_, i) => i),
    { distractors: true },
  );
  const entries = Array.from({ length: count }, (_, i) =>
    entryOf(`${pool[i % pool.length].entry.content}${i < pool.length ? '' : ` (${i})`}`, i),
  );
  const start = performance.now();
  const { findings } = audit(entries);
  console.log(
    `audit of ${count} entries: ${(performance.now() - start).toFixed(0)} ms, ${findings.length} findings`,
  );
  expect(findings.length).toBeGreaterThan(0);
});
