import { describeChanges } from './changes-contract.fixture';
import { TransientRows } from './transient-rows';

describeChanges('transient rows', async () => new TransientRows());
