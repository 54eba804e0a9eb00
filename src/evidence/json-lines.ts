/** Files of evidence, a JSON value a line: `npm run evidence` writes a first line that says how the others were made. */

/** The value of a line; undefined: the line is no JSON. */
export function jsonIn(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Whether a line says the command, commit and machine behind a file, and is none of its own lines. */
export function isEvidenceHead(line: string): boolean {
  const value = jsonIn(line);
  return typeof value === 'object' && value !== null && 'command' in value;
}
