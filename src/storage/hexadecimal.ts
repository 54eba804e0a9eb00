/** An unsigned 32-bit number as eight hexadecimal digits, as checksums are written in files. */
export function hexadecimal(value: number): string {
  return value.toString(16).padStart(8, '0');
}
