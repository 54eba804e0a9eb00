import { afterEach } from 'vitest';
import { LabDatabase } from '../../storage/database';
import { takeAway } from '../../storage/take-away.fixture';
import { IdbRows } from '../rows/idb-rows';
import { describeExchange } from './exchange-contract.fixture';

const open: { readonly name: string; readonly database: LabDatabase }[] = [];
let counter = 0;

afterEach(async () => {
  for (const { name, database } of open.splice(0)) {
    database.close();
    await takeAway(name);
  }
});

describeExchange(
  'IndexedDB rows',
  async () => {
    const name = `exchange-test-${counter++}`;
    const database = await LabDatabase.open({ name });
    open.push({ name, database });
    return new IdbRows(database);
  },
  { histories: 8, mutants: 60 },
);
