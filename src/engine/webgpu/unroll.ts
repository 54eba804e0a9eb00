/**
 * Loops of a kernel written out, for a length that is known once the model is.
 *
 * A software adapter keeps an array of a lane in memory and pays four bounds checks for each access
 * whose index it does not know when it compiles; with constant indices the array is plain registers. WGSL has
 * no unrolling, so the text is repeated here: every `for (var d = 0u; d < width; d++) { ... }` becomes its
 * bodies in braces, d replaced by 0u, 1u and so on. The order of the arithmetic, and so the bits, stay as they were.
 *
 * Limit: the loop opens on a line of its own and ends at the next line with the same indentation and a brace.
 * Measured on SwiftShader, heads of 32: attention 1.5 times as fast, its two gradients 2.4 times; by quads twice and 1.3 to 1.8
 * times as fast again.
 */

/** @throws RangeError when the text has no such loop: a kernel that was rewritten must not silently stay rolled */
export function unrolled(code: string, index: string, bound: string, count: number): string {
  const loop = new RegExp(
    `^( *)for \\(var ${index} = 0u; ${index} < ${bound}; ${index}\\+\\+\\) \\{\\n([\\s\\S]*?)^\\1\\}\\n`,
    'gm',
  );
  const name = new RegExp(`\\b${index}\\b`, 'g');
  let loops = 0;
  const text = code.replace(loop, (_, indent: string, body: string) => {
    loops++;
    const block = (i: number) => `${indent}{\n${body.replace(name, `${i}u`)}${indent}}\n`;
    return Array.from({ length: count }, (_, i) => block(i)).join('');
  });
  if (loops === 0) throw new RangeError(`there is no loop of ${index} up to ${bound} to unroll`);
  return text;
}
