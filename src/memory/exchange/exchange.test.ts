import { TransientRows } from '../rows/transient-rows';
import { describeExchange } from './exchange-contract.fixture';

const soak = process.env.SOAK !== undefined;
describeExchange('transient rows', async () => new TransientRows(), {
  histories: soak ? 500 : 40,
  mutants: soak ? 5_000 : 600,
});
