/**
 * Whitening: a linear map after which a sample of vectors has mean 0 and (nearly) equal variance in every direction,
 * so that no direction that all of them share decides their cosines. With C = covariance + l trace / d, L its
 * Cholesky factor:
 *
 *     y = L^-1 (x - mean)
 *
 * Any square root of C^-1 gives the same cosines; the triangular one is the cheapest. The shrinkage l > 0 keeps
 * directions that the sample hardly has from being blown up; infinity leaves the centring alone.
 *
 * Source: Su et al. 2021, "Whitening Sentence Representations for Better Semantics and Faster Retrieval"; shrinkage of
 * covariances: Ledoit & Wolf 2004.
 */
export class Whitening {
  private constructor(
    private readonly mean: Float64Array,
    /** Lower triangle `[d, d]`, row by row; null: the identity. */
    private readonly factor: Float64Array | null,
  ) {}

  /** @param sample vectors of one length, at least one */
  static of(sample: readonly Float64Array[], shrinkage: number): Whitening {
    const d = sample[0].length;
    const mean = new Float64Array(d);
    for (const x of sample) for (let i = 0; i < d; i++) mean[i] += x[i] / sample.length;
    if (shrinkage === Number.POSITIVE_INFINITY) return new Whitening(mean, null);
    const covariance = new Float64Array(d * d);
    for (const x of sample) {
      for (let i = 0; i < d; i++) {
        const scaled = (x[i] - mean[i]) / sample.length;
        for (let j = 0; j <= i; j++) covariance[i * d + j] += scaled * (x[j] - mean[j]);
      }
    }
    let trace = 0;
    for (let i = 0; i < d; i++) trace += covariance[i * d + i];
    // A sample of equal vectors varies in no direction; then centring is all there is to do.
    if (!(trace > 0)) return new Whitening(mean, null);
    for (let i = 0; i < d; i++) covariance[i * d + i] += (shrinkage * trace) / d;
    return new Whitening(mean, cholesky(covariance, d));
  }

  /** A new vector. */
  apply(x: Float64Array): Float64Array {
    const d = this.mean.length;
    const y = x.map((value, i) => value - this.mean[i]);
    if (!this.factor) return y;
    for (let i = 0; i < d; i++) {
      let left = y[i];
      for (let k = 0; k < i; k++) left -= this.factor[i * d + k] * y[k];
      y[i] = left / this.factor[i * d + i];
    }
    return y;
  }
}

/** L with L L^T = A, of the lower triangle of a positive definite `[d, d]`. */
function cholesky(a: Float64Array, d: number): Float64Array {
  const factor = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let left = a[i * d + j];
      for (let k = 0; k < j; k++) left -= factor[i * d + k] * factor[j * d + k];
      factor[i * d + j] = i === j ? Math.sqrt(left) : left / factor[j * d + j];
    }
  }
  return factor;
}
