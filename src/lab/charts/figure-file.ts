/**
 * A chart on the page as a file that looks the same elsewhere: SVG with its title, legend and colours inside, or
 * PNG drawn from that. Loaded when a figure is first saved.
 *
 * The page colours its charts by style sheet, which a file would not bring along: the style of each element as
 * it is now (light or dark) is written onto the copy as attributes. Attributes, not `style`: the page's policy
 * forbids inline styles, on copies too.
 */

/** What a chart is coloured and lettered by, as SVG attributes. */
const COPIED = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'stroke-opacity',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'font-style',
  'text-anchor',
  'dominant-baseline',
  'visibility',
] as const;

const SVG = 'http://www.w3.org/2000/svg';
const MARGIN = 12;
const TITLE_HEIGHT = 30;
const LEGEND_ROW = 20;
/** Pixels of a PNG for each unit of the figure: sharp when printed or projected. */
const PNG_SCALE = 3;

export interface LegendMark {
  readonly label: string;
  /** Any CSS colour. */
  readonly colour: string;
}

export interface FigureFile {
  readonly text: string;
  readonly width: number;
  readonly height: number;
}

/** A picture could not be made of a figure. */
export class FigureFileError extends Error {
  override readonly name = 'FigureFileError';
}

/** The chart as a file of its own, as it looks now. `svg` is on the page; it is left as it is. */
export function figureFile(svg: SVGSVGElement, title: string, legend: readonly LegendMark[]): FigureFile {
  const box = svg.viewBox.baseVal;
  const inner = { width: box?.width || svg.clientWidth, height: box?.height || svg.clientHeight };
  const style = getComputedStyle(svg);
  const width = inner.width + 2 * MARGIN;
  const rows = legendRows(legend, width - 2 * MARGIN);
  const height = inner.height + TITLE_HEIGHT + rows.length * LEGEND_ROW + 2 * MARGIN;
  const root = element('svg', { xmlns: SVG, viewBox: `0 0 ${width} ${height}`, width, height });
  const lettering = { 'font-family': style.fontFamily, fill: style.color };
  root.append(
    element('rect', { width, height, fill: paperBehind(svg) }),
    element('text', { x: MARGIN, y: MARGIN + 14, 'font-size': 14, 'font-weight': 600, ...lettering }, title),
  );
  const copy = styledCopy(svg);
  for (const [name, value] of Object.entries({
    x: MARGIN,
    y: MARGIN + TITLE_HEIGHT,
    width: inner.width,
    height: inner.height,
  })) {
    copy.setAttribute(name, String(value));
  }
  root.append(copy);
  rows.forEach((row, line) => {
    const y = MARGIN + TITLE_HEIGHT + inner.height + line * LEGEND_ROW + 14;
    for (const { x, label, colour } of row) {
      root.append(
        element('rect', { x: MARGIN + x, y: y - 9, width: 10, height: 10, fill: colour }),
        element('text', { x: MARGIN + x + 15, y, 'font-size': 11.5, ...lettering }, label),
      );
    }
  });
  return { text: new XMLSerializer().serializeToString(root), width, height };
}

/** @throws FigureFileError if the browser cannot draw it */
export async function pngOf({ text, width, height }: FigureFile): Promise<Blob> {
  const address = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
  try {
    const image = new Image(width, height);
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(width * PNG_SCALE);
    canvas.height = Math.round(height * PNG_SCALE);
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (!blob) throw new FigureFileError('This browser could not make a PNG of the figure. Save it as SVG.');
    return blob;
  } finally {
    URL.revokeObjectURL(address);
  }
}

function styledCopy(svg: SVGSVGElement): SVGSVGElement {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const originals = [svg, ...svg.querySelectorAll('*')];
  const copies = [copy, ...copy.querySelectorAll('*')];
  originals.forEach((original, at) => {
    const target = copies[at];
    const style = getComputedStyle(original);
    for (const name of COPIED) {
      const value = style.getPropertyValue(name);
      if (value !== '') target.setAttribute(name, value);
    }
    for (const name of ['class', 'style', 'tabindex']) target.removeAttribute(name);
  });
  return copy;
}

/** The first colour behind the chart that is not see-through. */
function paperBehind(svg: Element): string {
  for (let at: Element | null = svg; at; at = at.parentElement) {
    const { backgroundColor } = getComputedStyle(at);
    if (backgroundColor !== '' && !/^(transparent|rgba\(.*, 0\))$/.test(backgroundColor))
      return backgroundColor;
  }
  return 'white';
}

/** Marks set out in rows, by widths of letters and of Chinese signs that no usual font exceeds. */
function legendRows(legend: readonly LegendMark[], width: number): (LegendMark & { x: number })[][] {
  const rows: (LegendMark & { x: number })[][] = [];
  let x = width;
  for (const mark of legend) {
    const needed = [...mark.label].reduce((sum, sign) => sum + (sign < '\u2e80' ? 7 : 12), 32);
    if (x + needed > width) {
      rows.push([]);
      x = 0;
    }
    rows[rows.length - 1].push({ ...mark, x });
    x += needed;
  }
  return rows;
}

function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  text?: string,
): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key !== 'xmlns') made.setAttribute(key, String(value));
  }
  if (text !== undefined) made.textContent = text;
  return made;
}
