/** What an act that makes its namespace must do, for every kind of rows. */
import { beforeEach, describe, expect, test } from 'vitest';
import { MemoryArgumentError, MemoryChangedError, UnknownNamespaceError } from '../errors';
import { BY_USER } from '../journal';
import { draft } from './acts.fixture';
import type { MemoryRows, RowChange } from './rows';

export function describeMade(name: string, make: () => Promise<MemoryRows>): void {
  const { embedderId: id, embedding } = draft('any');
  const put = (id: string, content: string): RowChange => ({ kind: 'put', entry: { id, ...draft(content) } });
  let rows: MemoryRows;

  beforeEach(async () => {
    rows = await make();
  });

  describe(`${name}: a namespace made by its first act`, () => {
    const made = { embedder: { id, dimension: embedding.length }, created: 3 };
    const write = (name: string, changes: readonly RowChange[]) =>
      rows.write(name, { act: { kind: 'copy' }, note: BY_USER, at: 5, changes, made }, 'strict');

    test('is there with all of it, or not at all', async () => {
      const { record, journal } = await write('user/made', [put('m3', 'three'), put('m7', 'seven')]);
      expect(record).toMatchObject({
        name: 'user/made',
        created: 3,
        lastAt: 5,
        count: 2,
        nextId: 8,
        revision: 1,
      });
      expect(journal.map(({ seq, act }) => [seq, act.kind])).toEqual([
        [1, 'copy'],
        [2, 'copy'],
      ]);
      expect(await rows.record('user/made')).toEqual(record);
      expect((await rows.vectors('user/made')).ids).toEqual(['m3', 'm7']);
      await expect(write('user/not', [put('m1', 'one'), put('m0', 'no id')])).rejects.toThrow(
        MemoryArgumentError,
      );
      await expect(rows.record('user/not')).rejects.toThrow(UnknownNamespaceError);
      expect((await rows.list()).map(({ name }) => name)).toEqual(['user/made']);
    });

    test('may be empty; one that is there already is left as it is', async () => {
      expect(await write('user/empty', [])).toMatchObject({ record: { count: 0, journal: 0, revision: 0 } });
      const before = await rows.record('user/empty');
      await expect(write('user/empty', [put('m1', 'one')])).rejects.toThrow(MemoryChangedError);
      expect(await rows.record('user/empty')).toEqual(before);
      expect((await rows.texts('user/empty')).entries).toEqual([]);
    });
  });
}
