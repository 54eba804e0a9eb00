import { afterEach } from 'vitest';
import { deleteDatabase, LabDatabase } from '../../storage/database';
import { describeChanges } from './changes-contract.fixture';
import { IdbRows } from './idb-rows';

const NAME = 'rows-changes-test';
const open: LabDatabase[] = [];
afterEach(async () => {
  for (const database of open.splice(0)) database.close();
  await deleteDatabase(NAME);
});

describeChanges('IndexedDB', async () => {
  const database = await LabDatabase.open({ name: NAME });
  open.push(database);
  return new IdbRows(database);
});
