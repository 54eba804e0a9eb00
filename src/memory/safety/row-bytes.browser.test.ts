/** Bytes that are brought up to date are those a new count finds, whatever was done in between. */
import { afterEach, expect, test } from 'vitest';
import { LabDatabase } from '../../storage/database';
import { takeAway } from '../../storage/take-away.fixture';
import { createRandom } from '../../tasks/random';
import { NAMESPACE, openScene, randomAct } from '../history/history.fixture';
import { IdbRows } from '../rows/idb-rows';
import { RowMeasure } from './row-bytes';

const NAME = 'row-bytes-test';
let database: LabDatabase | undefined;

afterEach(async () => {
  database?.close();
  await takeAway(NAME);
});

test('over random acts, re-embedding, dropping and beginning anew', async () => {
  database = await LabDatabase.open({ name: NAME });
  const rows = new IdbRows(database);
  const kept = new RowMeasure(database);
  const check = async () => {
    const record = await rows.record(NAMESPACE);
    const counted = await new RowMeasure(database as LabDatabase).of(record);
    expect(await kept.of(record)).toEqual(counted);
    return counted;
  };
  const random = createRandom('bytes', 1);
  let scene = await openScene(rows);
  for (let i = 0; i < 40; i++) {
    await randomAct(scene, random);
    if (random.chance(0.5)) await check();
  }
  const { memories, journals, vectors } = await check();
  for (const bytes of [memories, journals, vectors]) expect(bytes).toBeGreaterThan(0);
  const other = { id: 'other', dimension: 8 };
  const [entry] = await rows.unembedded(NAMESPACE, other, 1);
  const embedding = Float32Array.of(1, 0, 0, 0, 0, 0, 0, 0);
  await rows.putVectors(NAMESPACE, other, [{ id: entry.id, content: entry.content, embedding }]);
  await check();
  await rows.dropPending(NAMESPACE);
  await check();
  await rows.drop(NAMESPACE, 'strict');
  scene = await openScene(rows);
  await scene.memory.add({ content: 'anew' });
  expect((await check()).memories).toBeLessThan(memories);
});
