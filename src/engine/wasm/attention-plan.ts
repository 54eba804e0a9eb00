/**
 * Cuts attention into the work items of assembly/attention.ts.
 *
 * A run is a maximal stretch of query rows whose key ranges begin at the same row: a packed sequence,
 * or one row of a KV cache. A run's (row, head of the group) pairs are cut into panels of eight. A run
 * with so few pairs that most lanes would idle is done row by row. How a run is cut depends on the run
 * alone, so a sequence gets the same bits in every batch.
 */

const LANES = 8;
/** Fewer pairs than this in a run: dot products beat idle lanes (measured near three). */
const FEWEST_PAIRS = 3;

export interface AttentionPlan {
  /** [first row of the run, first pair, lanes] for each panel. */
  readonly panels: Int32Array;
  /** Query rows to be done one by one. */
  readonly thinRows: Int32Array;
  /** Disjoint key ranges with the panels that read them: [first key, last key + 1, first panel, last panel + 1]. */
  readonly segments: Int32Array;
  /** Most keys of a row. */
  readonly longestRow: number;
  /** Keys of all segments together. */
  readonly segmentKeys: number;
  /** Pairs of query and key rows. */
  readonly pairs: number;
}

/**
 * `starts` and `ends` are the key ranges of the query rows, `group` the query heads for each key-value
 * head. With `allPanels` (the gradient) thin runs become panels too.
 */
export function planAttention(
  starts: Int32Array,
  ends: Int32Array,
  group: number,
  allPanels: boolean,
): AttentionPlan {
  const panels: number[] = [];
  const thinRows: number[] = [];
  const segments: number[][] = [];
  let longestRow = 0;
  let pairs = 0;
  for (let first = 0; first < starts.length; ) {
    const start = starts[first];
    let next = first;
    let end = start;
    for (; next < starts.length && starts[next] === start; next++) {
      const count = ends[next] - start;
      end = Math.max(end, ends[next]);
      longestRow = Math.max(longestRow, count);
      pairs += count;
    }
    const runPairs = (next - first) * group;
    const panel = panels.length / 3;
    if (runPairs < FEWEST_PAIRS && !allPanels) {
      for (let row = first; row < next; row++) thinRows.push(row);
    } else {
      for (let pair = 0; pair < runPairs; pair += LANES) {
        panels.push(first, pair, Math.min(LANES, runPairs - pair));
      }
    }
    addSegment(segments, [start, end, panel, panels.length / 3]);
    first = next;
  }
  return {
    panels: Int32Array.from(panels),
    thinRows: Int32Array.from(thinRows),
    segments: Int32Array.from(segments.flat()),
    longestRow,
    segmentKeys: segments.reduce((sum, [first, last]) => sum + last - first, 0),
    pairs,
  };
}

/** Appends a segment, joined with those before it that share keys or lie behind it. */
function addSegment(segments: number[][], added: number[]): void {
  let [first, end, panel, lastPanel] = added;
  for (let last = segments.at(-1); last && first < last[1]; last = segments.at(-1)) {
    first = Math.min(first, last[0]);
    end = Math.max(end, last[1]);
    panel = last[2];
    segments.pop();
  }
  segments.push([first, end, panel, lastPanel]);
}
