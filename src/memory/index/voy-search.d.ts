/** The JavaScript half of voy-search without its automatic loading of the WebAssembly half. */
declare module 'voy-search/voy_search_bg.js' {
  export { Voy } from 'voy-search';
  /** Every later call goes to these exports. */
  export function __wbg_set_wasm(exports: WebAssembly.Exports): void;
}
