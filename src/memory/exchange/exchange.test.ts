import { TransientRows } from '../rows/transient-rows';
import { describeExchange } from './exchange-contract.fixture';

const soak = process.env.SOAK !== undefined;
describeExchange('transient rows', async () => new TransientRows(), {
  histories: soak ? 2_000 : 40,
  mutants: soak ? 20_000 : 600,
});
