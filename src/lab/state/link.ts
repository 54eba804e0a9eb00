/** A change in a link: as much of it as fits. Mail programs, chats and slides break links that are longer. */
import { type Address, formatAddress } from './address';
import type { BranchChange } from './branch-change';

/** Characters of a whole link. */
export const LONGEST_LINK = 2000;

/** What may be longer than a link. */
export type LongText = 'ifWrites' | 'ifSays';

/**
 * @param site the address before its query string
 * @returns the address with the change, and which of its texts had to stay out, the longest first
 */
export function fitting(
  address: Address,
  change: BranchChange,
  site: string,
): { readonly address: Address; readonly left: readonly LongText[] } {
  const length = (text: string | null) => encodeURIComponent(text ?? '').length;
  const texts: LongText[] = ['ifWrites', 'ifSays'];
  texts.sort((one, other) => length(change[other]) - length(change[one]));
  const left: LongText[] = [];
  let kept = { ...address, ...change };
  for (const name of texts) {
    if (site.length + formatAddress(kept).length <= LONGEST_LINK) break;
    if (kept[name] === null) continue;
    kept = { ...kept, [name]: null };
    left.push(name);
  }
  return { address: kept, left };
}
