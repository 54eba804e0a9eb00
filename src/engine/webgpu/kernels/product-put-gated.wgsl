// out[i, j] = alpha * product [+ bias[j]];  activated[i, j] = silu(gate[i, j]) * out[i, j],  silu(z) = z * sigmoid(z)
//
// product-put.wgsl for the up projection of a gated feed-forward layer: the activation is made while the product is in
// registers. The gate comes in as `base`. Appended to the direct products.
// Layout: four neighbouring columns at once; `column` counts vec4s; activated [m, n] vec4s.
// Dispatch: no kernel of its own; a row past the end is dropped. The sigmoid is taken through exp(-|z|), which cannot overflow.

@group(0) @binding(8) var<storage, read_write> activated: array<vec4f>;

fn put(row: u32, column: u32, product: vec4f) {
  if (row >= params.m) {
    return;
  }
  let at = row * (params.n / 4) + column;
  var value = params.alpha * product;
  if (params.has_bias != 0) {
    value += bias[column];
  }
  out[at] = value;
  let z = base[at];
  let e = exp(-abs(z));
  activated[at] = z * (select(e, vec4f(1), z >= vec4f()) / (1 + e)) * value;
}
