/** The whole page. */
export function Lab() {
  return <h1>AgeMem Lab</h1>;
}
