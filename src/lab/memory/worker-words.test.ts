import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { auditMemory, PASSED_OVER } from '../../memory/audit/audit';
import { entryOf } from '../../memory/audit/labelled-tasks.fixture';
import { JournalUse } from '../../memory/history/use';
import { Backups } from '../../memory/safety/backups';
import { act, add, closeTabs, LOGGED, logged } from '../../memory/safety/logged-acts.fixture';
import { Recovery } from '../../memory/safety/recovery';
import { speak } from '../language/language';
import { embedderWords, findingWords, lossWords, reasonWords } from './worker-words';

const source = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
/** Literals behind names of fields. */
const literals = (path: string, ...fields: readonly string[]) =>
  [...source(path).matchAll(new RegExp(`\\b(?:${fields.join('|')}):\\s+'(.+?)',`, 'g'))].map(
    ([, text]) => text,
  );
const DAY = 24 * 60 * 60 * 1000;

afterEach(async () => {
  closeTabs();
  await speak('en');
});

function findings() {
  const contents = [
    'Rosa lives in Lima',
    'Rosa lives in Lima',
    'rosa lives in lima!',
    'Rosa lives in Oslo',
    'Hana has boss Omar',
    'Hana has boss Omar',
    'hello there, nice weather today, by the way',
  ];
  const entries = contents.map((content, i) => ({ ...entryOf(content, i), updated: i * 3 * DAY }));
  const use = new JournalUse();
  for (let seq = 1; seq <= PASSED_OVER; seq++) {
    use.take([
      {
        seq,
        at: seq,
        by: { kind: 'user' },
        why: '',
        act: { id: seq, kind: 'retrieve' },
        op: { kind: 'retrieve', query: 'q', topK: 3, hits: [] },
      },
    ]);
  }
  return auditMemory({ entries, use, now: 900 * DAY }).findings;
}

test('every reason of an audit is known, and is itself in English', async () => {
  const found = findings();
  expect(new Set(found.map(({ kind }) => kind)).size).toBeGreaterThan(3);
  for (const { why } of found) expect(findingWords(why)).toBe(why);
  await speak('zh');
  for (const { why } of found) expect(findingWords(why)).toMatch(/[\u4e00-\u9fff].*。$/);
  expect(findingWords('m2 is newer by 3 days and takes "Lima" back and says "Oslo".')).toBe(
    'm2 新 3 天，收回 "Lima"，改说 "Oslo"。',
  );
});

test('what the lab says of its embedders and of what takes room is known', () => {
  const embedders = [
    ...literals('worker/embedders.ts', 'title', 'what'),
    ...literals('memory/embedders/encoder/known-encoders.ts', 'title', 'what'),
  ];
  expect(embedders).toHaveLength(8);
  for (const text of embedders) expect(embedderWords(text)).toBe(text);
  const losses = literals('worker/memory-safety.ts', 'loss');
  expect(losses).toHaveLength(7);
  for (const text of losses) expect(lossWords(text)).toBe(text);
});

test('reasons of the lab are retold, thoughts of a policy stay as they are', async () => {
  await speak('zh');
  const policy = { kind: 'policy', policy: 'p', adapter: '', run: '', episode: '', step: 1 } as const;
  expect(reasonWords({ by: { kind: 'user' }, why: 'Import of a.txt' })).toBe('导入 a.txt');
  expect(reasonWords({ by: policy, why: 'merged' })).toBe('merged');
  expect(
    reasonWords({
      by: { kind: 'lab' },
      why: 'neither written nor retrieved for 90 days, the rule of this memory',
    }),
  ).toBe('90 天未写入也未被检索，按这个记忆的规则');
});

test('whence a memory was restored is retold: backup, log, and both', async () => {
  const { rows, folder, log, states } = await logged();
  const backups = new Backups(folder);
  const recovery = new Recovery(backups, log);
  const from = async (id?: string) => {
    const { incarnation } = await rows.record(LOGGED);
    const newest = await recovery.newest(LOGGED, incarnation);
    return (await recovery.read(id ?? newest?.facts.id ?? 'none', LOGGED)).source;
  };
  const sources: string[] = [];
  for (const content of ['one', 'two']) {
    await act(rows, [add(content)]);
    sources.push(await from());
  }
  const { id } = await backups.make(Date.UTC(2026, 10, 26, 12), states.slice(-1));
  sources.push(await from(id));
  for (const content of ['three', 'four']) {
    await act(rows, [add(content)]);
    sources.push(await from());
  }
  const retold = () => sources.map((why) => reasonWords({ by: { kind: 'user' }, why }));
  expect(retold()).toEqual(sources);
  await speak('zh');
  expect(retold()).toEqual([
    '来自含 1 次更改的日志',
    '来自含 2 次更改的日志',
    '来自 2026-11-26T12:00:00.000Z 的备份',
    '来自 2026-11-26T12:00:00.000Z 的备份及其后记录的 1 次更改',
    '来自 2026-11-26T12:00:00.000Z 的备份及其后记录的 2 次更改',
  ]);
});
