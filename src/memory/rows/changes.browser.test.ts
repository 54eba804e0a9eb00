import { afterEach } from 'vitest';
import { LabDatabase } from '../../storage/database';
import { takeAway } from '../../storage/take-away.fixture';
import { describeChanges } from './changes-contract.fixture';
import { IdbRows } from './idb-rows';

const NAME = 'rows-changes-test';
const open: LabDatabase[] = [];
afterEach(async () => {
  for (const database of open.splice(0)) database.close();
  await takeAway(NAME);
});

describeChanges('IndexedDB', async () => {
  const database = await LabDatabase.open({ name: NAME });
  open.push(database);
  return new IdbRows(database);
});
