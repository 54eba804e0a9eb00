/** Every function the host calls. Each ends in (start, end, thread): the range of work items and who runs it. */
export { addScaled, adamW, sumSquares, swiGlu, swiGluBackward } from './elementwise';
export { attention, attentionRows } from './attention';
export { attentionBackward, attentionDelta } from './attention-gradient';
export { copyColumns, gatherRows, rmsNorm, rmsNormBackward, rope, scatterAddRows, scatterRows, sumPicked, sumRows } from './rows';
export { dequantiseHalf, dequantiseInt8 } from './packed';
export { matmul, packColumns, packRows } from './matmul';
export { sample, tokenLogprobs, tokenLogprobsBackward } from './logits';
