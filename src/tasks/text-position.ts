/** Where something stands in a text that a user gave, as an editor counts it. */

export interface TextPosition {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
}

/** Positions of indices into a text. They are asked for in rising order: the line only ever moves on. */
export function positionsIn(text: string): (index: number) => TextPosition {
  const starts = [
    0,
    ...Array.from(text.matchAll(/\r\n|\n|\r/g), ({ 0: ends, index }) => index + ends.length),
  ];
  let line = 0;
  return (index) => {
    while (line + 1 < starts.length && starts[line + 1] <= index) line++;
    return { line: line + 1, column: index - starts[line] + 1 };
  };
}
