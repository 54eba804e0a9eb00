/**
 * One list of cases that every back end must compute alike, run in Node and in the browser.
 *
 * A case draws its inputs from a seeded generator (rounded to float32, so that the float64 reference
 * reads the very same numbers), runs operations on a back end and returns what they wrote. A test
 * runs the case on the reference and on the back end under test and asks `disagreements` for the
 * difference. Shapes are ragged on purpose: single rows, sizes that are no multiple of any tile,
 * outputs that are views with guard elements on both sides which nobody may touch.
 */
import { addAttention } from './parity/attention-cases';
import { addGatedLinears, addLinearAddends, addLinears } from './parity/linear-cases';
import { addActivations, addLogprobs, addOptimizer } from './parity/loss-cases';
import { addMatmuls, addWeightChanges } from './parity/matmul-cases';
import { addPackedMatrices } from './parity/packed-cases';
import { CaseList, type ParityCase } from './parity/parity-case';
import { addTableParts } from './parity/part-cases';
import { addPickedSums, addPolicyLoss } from './parity/policy-loss-cases';
import { addMovement, addNorms, addRope } from './parity/row-cases';
import { SeededNumbers } from './parity/seeded-numbers';
import { addTrees } from './parity/tree-cases';

export {
  disagreements,
  GuardDamagedError,
  PARITY_TOLERANCE,
  type ParityCase,
  type ParityOutputs,
  relativeError,
} from './parity/parity-case';
export { SeededNumbers };

/**
 * All cases for one seed. `extraMatmuls` adds that many random matrix shapes (eight cases each) to
 * the fixed ones; soak runs use many seeds and many shapes.
 */
export function parityCases(seed = 1, extraMatmuls = 4): readonly ParityCase[] {
  const list = new CaseList(seed);
  const draw = new SeededNumbers(seed);
  addMatmuls(list, draw, extraMatmuls);
  addWeightChanges(list);
  addMovement(list, draw);
  addNorms(list);
  addRope(list);
  addAttention(list);
  addActivations(list);
  addLogprobs(list);
  addOptimizer(list);
  // New kinds of cases go last: a case draws its numbers by its place in the list.
  addLinears(list);
  addTrees(list);
  addPolicyLoss(list);
  addPickedSums(list);
  addLinearAddends(list);
  addPackedMatrices(list);
  addTableParts(list);
  addGatedLinears(list);
  return list.cases;
}
