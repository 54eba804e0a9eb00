// out[i, j] = [base[i, j] or out[i, j] +] alpha * product [+ bias[j]]: the last step of matmul-tile.wgsl. Appended to it.
//
// Layout: four neighbouring columns from j on, in the piece of the sum that begins at element `slab`.
// Dispatch: no kernel of its own; a row or column past the end is dropped.

fn put(slab: u32, i: u32, j: u32, product: vec4f) {
  if (i >= params.m) {
    return;
  }
  for (var c = 0u; c < 4 && j + c < params.n; c++) {
    let at = slab + i * params.n + j + c;
    var value = params.alpha * product[c];
    if (params.has_bias != 0) {
      value += bias[j + c];
    }
    if (params.has_base != 0) {
      value += base[at];
    }
    if (params.accumulate != 0) {
      value += out[at];
    }
    out[at] = value;
  }
}
