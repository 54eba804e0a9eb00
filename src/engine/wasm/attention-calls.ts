/** Attention and its gradient on a device: checks the key ranges, cuts them into items, launches. */

import type { AttentionArgs, AttentionBackwardArgs, AttentionShape, Tensor } from '../backend';
import { TensorMisuseError } from '../errors';
import { type AttentionPlan, planAttention } from './attention-plan';
import type { Device } from './device';
import { own } from './wasm-tensor';

/** Scratch of a panel: STATS_BYTES in assembly/attention.ts, then arrays of eight lanes. */
const PANEL_STATS = 256;
const LANES = 8;
const PANEL_BYTES = 4 * LANES;
/** Of the gradient: as in assembly/attention-gradient.ts. */
const GRADIENT_STATS = 128;
const BLOCK_KEYS = 128;
const BUNDLE_PANELS = 4;
/** A stretch of keys: its first row and its end. */
const STRETCH_BYTES = 8;
/** Rough operations for one exponential, for deciding whether to share work. */
const EXP_COST = 20;

function paddedHead(headDim: number): number {
  return 8 * Math.ceil(headDim / 8);
}

/** The plan of attention over `kvLength` elements of keys. Throws `TensorMisuseError` for ranges outside of them. */
function plan(device: Device, shape: AttentionShape, kvLength: number, allPanels: boolean): AttentionPlan {
  const { rows, heads, kvHeads, headDim } = shape;
  const keyRows = Math.floor(kvLength / (kvHeads * headDim));
  const starts = device.memory.ints(device.indices(shape.keyStart, rows, 0, keyRows), rows);
  const ends = device.memory.ints(device.indices(shape.keyEnd, rows, 1, keyRows + 1), rows);
  const empty = ends.findIndex((end, r) => end <= starts[r]);
  if (empty >= 0) throw new TensorMisuseError(shape.keyEnd, `row ${empty} has no keys`);
  return planAttention(starts, ends, heads / kvHeads, allPanels || shape.queryEnd !== undefined);
}

/** Address of the subtree ends of all key rows. */
function treeOf(device: Device, queryEnd: Tensor): number {
  return device.indices(queryEnd, queryEnd.length, 1, queryEnd.length + 1);
}

export function attention(device: Device, args: AttentionArgs): void {
  const { rows, heads, kvHeads, headDim, scale } = args;
  const cut = plan(device, args, Math.min(args.k.length, args.v.length), false);
  const shared = [
    device.output(args.out, rows * heads * headDim),
    device.output(args.lse, rows * heads),
    device.input(args.q, rows * heads * headDim),
    device.input(args.k, 0),
    device.input(args.v, 0),
    own(args.keyStart).address,
    own(args.keyEnd).address,
  ];
  const tree = args.queryEnd ? treeOf(device, args.queryEnd) : 0;
  const work = cut.pairs * heads * (4 * headDim + EXP_COST);
  if (cut.panels.length > 0) {
    const scratch = device.threadScratch(
      'attention',
      PANEL_STATS +
        PANEL_BYTES * (2 * paddedHead(headDim) + cut.longestRow) +
        STRETCH_BYTES * (cut.longestRow + 1),
    );
    device.launch('attention', (cut.panels.length / 3) * kvHeads, work, [
      ...shared,
      tree,
      device.list('attention panels', cut.panels),
      heads,
      kvHeads,
      headDim,
      scale,
      cut.longestRow,
      ...scratch,
    ]);
  }
  if (cut.thinRows.length > 0) {
    const scratch = device.threadScratch('attention', 16 * Math.ceil(cut.longestRow / 4));
    device.launch('attentionRows', cut.thinRows.length, work, [
      ...shared,
      device.list('attention rows', cut.thinRows),
      heads,
      kvHeads,
      headDim,
      scale,
      ...scratch,
    ]);
  }
}

export function attentionBackward(device: Device, args: AttentionBackwardArgs): void {
  const { rows, heads, kvHeads, headDim, scale } = args;
  const size = rows * heads * headDim;
  const kvSize = rows * kvHeads * headDim;
  const cut = plan(device, args, kvSize, true);
  const dOut = device.input(args.dOut, size);
  const delta = device.output(args.delta, rows * heads);
  const out = device.input(args.out, size);
  device.launch('attentionDelta', rows * heads, 2 * size, [delta, dOut, out, headDim]);
  const dq = device.output(args.dq, size);
  const dk = device.output(args.dk, kvSize);
  const dv = device.output(args.dv, kvSize);
  if (cut.segmentKeys < rows) {
    for (const unread of [dk, dv]) device.memory.floats(unread, kvSize).fill(0);
  }
  const bundle = BUNDLE_PANELS * LANES;
  // K, V, dK, dV of a block of keys, q and dOut of a bundle of panels, and three arrays of one panel.
  const rowsOfHead = 4 * BLOCK_KEYS + 2 * bundle + 3 * LANES;
  const scratch = device.threadScratch(
    'attention',
    GRADIENT_STATS +
      4 * (rowsOfHead * paddedHead(headDim) + 2 * BLOCK_KEYS * bundle) +
      STRETCH_BYTES * (BLOCK_KEYS + 1),
  );
  const work = cut.pairs * heads * (10 * headDim + EXP_COST);
  device.launch('attentionBackward', (cut.segments.length / 4) * kvHeads, work, [
    dq,
    dk,
    dv,
    dOut,
    device.input(args.q, size),
    device.input(args.k, kvSize),
    device.input(args.v, kvSize),
    device.input(args.lse, rows * heads),
    delta,
    own(args.keyStart).address,
    own(args.keyEnd).address,
    device.indices(args.queryEnd, rows, 1, rows + 1),
    device.list('attention panels', cut.panels),
    device.list('attention segments', cut.segments),
    heads,
    kvHeads,
    headDim,
    scale,
    ...scratch,
  ]);
}
