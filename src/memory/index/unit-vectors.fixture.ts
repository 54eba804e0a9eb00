/** Unit vectors for tests, the same every time. */
import { mix } from '../hashing';

/** Deterministic draws in [0, 1). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = mix(state + 0x9e3779b9);
    return state / 2 ** 32;
  };
}

/** At length 1. */
export function unit(values: Float32Array): Float32Array {
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}

export const randomUnit = (draw: () => number, dimension: number) =>
  unit(Float32Array.from({ length: dimension }, () => draw() - 0.5));
export const axis = (i: number, dimension: number) =>
  Float32Array.from({ length: dimension }, (_, j) => (i === j ? 1 : 0));
