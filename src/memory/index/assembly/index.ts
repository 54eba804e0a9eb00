/** What simd-index.ts calls. */
export { bounds, products, quantise } from './scan';
