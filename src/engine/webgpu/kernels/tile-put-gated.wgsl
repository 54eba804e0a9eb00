// out[i, j] = alpha * product [+ bias[j]];  activated[i, j] = silu(gate[i, j]) * out[i, j],  silu(z) = z * sigmoid(z)
//
// tile-put.wgsl for the up projection of a gated feed-forward layer; the gate comes in as `base`. Appended to matmul-tile.wgsl.
// Layout: as there; activated f32 [m, n]. Sums are not cut into pieces here.
// Dispatch: no kernel of its own; a row or column past the end is dropped. The sigmoid is taken through exp(-|z|).

@group(0) @binding(8) var<storage, read_write> activated: array<f32>;

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
    out[at] = value;
    let z = base[at];
    let e = exp(-abs(z));
    activated[at] = z * (select(e, 1.0, z >= 0) / (1 + e)) * value;
  }
}
