/**
 * Sequences that share prefixes, computed once: a forest of tokens in depth-first order.
 *
 * The steps of a rollout extend one another, and the rollouts of a group begin alike, so most rows of
 * a GRPO batch would be computed several times over. Here every distinct prefix is one row. Sorting the
 * sequences puts those that share a prefix next to each other; a row is a token after a prefix, its
 * position the prefix's length, and the rows below it (its subtree) follow it directly. So two numbers
 * tell attention everything: the first row of the tree, and the end of each row's subtree. A query sees
 * its ancestors; a key gathers its gradient from its subtree, which is one contiguous range.
 *
 * Loss and gradient are those of the separate sequences: a row's value depends on its ancestors only, and
 * gradients of shared rows add up. (AgeMem section 1 asks for it for steps of one rollout; a tree also
 * shares across the group.) The idea is that of tree attention in speculative decoding and of prefix
 * trees in serving engines.
 */
import type { PackedRows } from './packed-batch';

export interface TokenForest {
  /** Rows wanted by somebody are its outputs, ascending and distinct. */
  readonly packed: PackedRows;
  /** For each sequence, in the order given, the output (index into `packed.outputs`) of each wanted offset. */
  readonly outputsOf: readonly Int32Array[];
  /** For each sequence the row of each of its tokens. */
  readonly rowsOf: readonly Int32Array[];
}

/** Length of the common beginning. */
export function sharedPrefix(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const most = Math.min(a.length, b.length);
  let t = 0;
  while (t < most && a[t] === b[t]) t++;
  return t;
}

/** Ascending by token ids; a prefix comes before what extends it. */
export function compareSequences(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const t = sharedPrefix(a, b);
  if (t === a.length || t === b.length) return a.length - b.length;
  return a[t] - b[t];
}

/** Indices of the sequences in sorted order; equal ones keep theirs. */
export function sortedOrder(sequences: readonly ArrayLike<number>[]): number[] {
  return sequences.map((_, i) => i).sort((i, j) => compareSequences(sequences[i], sequences[j]) || i - j);
}

/**
 * Packs sequences into a forest.
 * @param sequences in sorted order (`sortedOrder`); sequences without tokens have no rows
 * @param wanted ascending offsets within each sequence whose hidden state is wanted
 */
export function packForest(
  sequences: readonly (readonly number[])[],
  wanted: readonly (readonly number[])[],
): TokenForest {
  const shared = sequences.map((ids, s) => (s === 0 ? 0 : sharedPrefix(sequences[s - 1], ids)));
  const rows = sequences.reduce((sum, ids, s) => sum + ids.length - shared[s], 0);
  const packed = {
    ids: new Int32Array(rows),
    positions: new Int32Array(rows),
    keyStart: new Int32Array(rows),
    keyEnd: new Int32Array(rows),
    queryEnd: new Int32Array(rows),
  };
  /** Row of each token of the sequence before. */
  let path: number[] = [];
  let row = 0;
  let branches = false;
  const isWanted = new Uint8Array(rows);
  const rowsOf: Int32Array[] = [];
  const wantedRows = sequences.map((ids, s) => {
    for (const left of path.slice(shared[s])) packed.queryEnd[left] = row;
    branches ||= shared[s] > 0 && shared[s] < path.length;
    path = path.slice(0, shared[s]);
    for (let t = shared[s]; t < ids.length; t++) {
      packed.ids[row] = ids[t];
      packed.positions[row] = t;
      packed.keyStart[row] = t === 0 ? row : packed.keyStart[path[0]];
      packed.keyEnd[row] = row + 1;
      path.push(row++);
    }
    rowsOf.push(Int32Array.from(path));
    return wanted[s].map((t) => {
      isWanted[path[t]] = 1;
      return path[t];
    });
  });
  for (const left of path) packed.queryEnd[left] = row;
  const outputs: number[] = [];
  const outputAt = new Int32Array(rows);
  for (let r = 0; r < rows; r++) {
    if (isWanted[r] === 0) continue;
    outputAt[r] = outputs.length;
    outputs.push(r);
  }
  return {
    packed: { ...packed, outputs: Int32Array.from(outputs), branches },
    rowsOf,
    outputsOf: wantedRows.map((own) => Int32Array.from(own, (r) => outputAt[r])),
  };
}

/**
 * Cuts sorted sequences into consecutive micro-batches of at most `limit` rows, shared prefixes counted
 * once in each; a longer sequence goes alone.
 * @returns for each micro-batch its sequences (indices into `sequences`) and its rows
 */
export function planForests(
  sequences: readonly ArrayLike<number>[],
  limit: number,
): readonly { readonly members: readonly number[]; readonly rows: number }[] {
  const batches: { members: number[]; rows: number }[] = [];
  sequences.forEach((ids, s) => {
    const current = batches.at(-1);
    const added = current ? ids.length - sharedPrefix(sequences[s - 1], ids) : ids.length;
    if (current && current.rows + added <= limit) {
      current.members.push(s);
      current.rows += added;
    } else {
      batches.push({ members: [s], rows: ids.length });
    }
  });
  return batches;
}
