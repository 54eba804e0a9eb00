import { afterEach } from 'vitest';
import { LabDatabase } from '../../storage/database';
import { takeAway } from '../../storage/take-away.fixture';
import { describeErasing } from './erase-contract.fixture';
import { IdbRows } from './idb-rows';

const open: LabDatabase[] = [];
let made = 0;
afterEach(async () => {
  for (const database of open.splice(0)) {
    database.close();
    await takeAway(database.name);
  }
});

describeErasing(
  'IndexedDB',
  async () => {
    const database = await LabDatabase.open({ name: `rows-erase-test-${++made}` });
    open.push(database);
    return new IdbRows(database);
  },
  4,
);
