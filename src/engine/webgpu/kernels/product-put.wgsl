// out[i, j] = [base[i, j] or out[i, j] +] alpha * product [+ bias[j]]: the last step of the direct products. Appended to them.
//
// Layout: four neighbouring columns at once; `column` counts vec4s.
// Dispatch: no kernel of its own; a row past the end is dropped.

fn put(row: u32, column: u32, product: vec4f) {
  if (row >= params.m) {
    return;
  }
  let at = row * (params.n / 4) + column;
  var value = params.alpha * product;
  if (params.has_bias != 0) {
    value += bias[column];
  }
  if (params.has_base != 0) {
    value += base[at];
  }
  if (params.accumulate != 0) {
    value += out[at];
  }
  out[at] = value;
}
