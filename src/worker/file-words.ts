/** A name that somebody chose as part of the name of a file: letters, digits and single dashes, at most 60 characters. */
export function fileWords(name: string, otherwise: string): string {
  const words = name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
  return words || otherwise;
}
