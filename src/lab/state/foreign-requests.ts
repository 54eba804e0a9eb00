/** What was asked of other hosts in this visit, as the worker tells it before it asks. */
import type { ModelsNews } from '../../worker/models-protocol';

export interface ForeignRequest {
  /** When it was asked last, milliseconds since the epoch. */
  readonly at: number;
  readonly host: string;
  readonly address: string;
  /** A sentence of the worker. */
  readonly why: string;
  /** How often: a file comes in parts. */
  readonly times: number;
}

/** Addresses that are remembered; older ones make room. */
const KEPT = 300;

/** Newest first; the same address for the same reason is one line that counts. */
export function withRequest(
  requests: readonly ForeignRequest[],
  { host, address, why }: Extract<ModelsNews, { kind: 'foreign-request' }>,
  at: number,
): readonly ForeignRequest[] {
  const same = (one: ForeignRequest) => one.address === address && one.why === why;
  const times = (requests.find(same)?.times ?? 0) + 1;
  const others = requests.filter((one) => !same(one));
  return [{ at, host, address, why, times }, ...others].slice(0, KEPT);
}
