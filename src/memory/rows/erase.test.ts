import { describeErasing } from './erase-contract.fixture';
import { TransientRows } from './transient-rows';

describeErasing('transient rows', async () => new TransientRows(), 40);
