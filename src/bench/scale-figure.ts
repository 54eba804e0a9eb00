/**
 * The figure of `scale`: four panels (rollouts, context, hidden size, LoRA rank), milliseconds up, both
 * axes logarithmic, a line for each back end and a dashed one for cost in proportion to the first point:
 * below it is sub-linear. An SVG of its own whose colours follow the reader's light or dark page.
 */
import type { Figure } from './figure';

const PANEL = { width: 320, height: 220, left: 52, right: 14, top: 30, bottom: 38 };

/** What is varied, as under its axis. */
const AXES: readonly { readonly axis: string; readonly label: string; readonly work: string }[] = [
  { axis: 'rollouts', label: 'rollouts at once', work: 'decode 16 tokens after 64' },
  { axis: 'context', label: 'context, tokens', work: 'a LoRA step, 2 sequences' },
  { axis: 'hidden', label: 'hidden size', work: 'a LoRA step, 4 sequences of 64' },
  { axis: 'lora rank', label: 'LoRA rank', work: 'a LoRA step, 8 sequences of 64' },
];

const STYLE = `
text { fill: #444; font: 11px sans-serif } .title { font-weight: 600; font-size: 12px }
.grid { stroke: #8884 } .proportion { stroke: #888; stroke-dasharray: 3 3; fill: none }
.wasm { stroke: #1f6fb2; fill: none; stroke-width: 2 } .webgpu { stroke: #b8560f; fill: none; stroke-width: 2 }
text.wasm { fill: #1f6fb2; stroke: none } text.webgpu { fill: #b8560f; stroke: none }
@media (prefers-color-scheme: dark) {
text { fill: #c9c9c9 } .wasm { stroke: #6cb4ee } .webgpu { stroke: #f0a05a }
text.wasm { fill: #6cb4ee } text.webgpu { fill: #f0a05a } }`;

interface Line {
  readonly backend: string;
  readonly points: readonly { readonly x: number; readonly ms: number }[];
}

function linesOf(figures: readonly Figure[], axis: string): readonly Line[] {
  return ['wasm', 'webgpu'].flatMap((backend): Line[] => {
    const points = figures
      .filter((figure) => figure.bench === 'scale' && figure.axis === axis && figure.backend === backend)
      .flatMap(({ value, median_ms }) =>
        typeof value === 'number' && median_ms !== null ? [{ x: value, ms: median_ms }] : [],
      )
      .sort((a, b) => a.x - b.x);
    return points.length > 0 ? [{ backend, points }] : [];
  });
}

const escaped = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

function panel(figures: readonly Figure[], place: number): string {
  const { axis, label, work } = AXES[place];
  const { width, height, left, right, top, bottom } = PANEL;
  const lines = linesOf(figures, axis);
  const all = lines.flatMap(({ points }) => points);
  const at = `translate(${(place % 2) * width},${Math.floor(place / 2) * height + 18})`;
  const title = `<text class="title" x="${left}" y="16">${work}</text>`;
  if (all.length === 0)
    return `<g transform="${at}">${title}<text x="${left}" y="60">not measured</text></g>`;
  const xs = [...new Set(all.map(({ x }) => x))].sort((a, b) => a - b);
  const low = 10 ** Math.floor(Math.log10(Math.min(...all.map(({ ms }) => ms))));
  const high = 10 ** Math.ceil(Math.log10(Math.max(...all.map(({ ms }) => ms)) * 1.0001));
  const [first, most] = [xs[0], xs[xs.length - 1]];
  const across = (x: number) =>
    left + ((width - left - right) * Math.log(x / first)) / Math.max(Math.log(most / first), 1e-9);
  const up = (ms: number) => top + ((height - top - bottom) * Math.log(high / ms)) / Math.log(high / low);
  const pointAt = ({ x, ms }: { x: number; ms: number }) => `${across(x).toFixed(1)},${up(ms).toFixed(1)}`;
  const levels: string[] = [];
  for (let ms = low; ms <= high * 1.01; ms *= 10) {
    levels.push(
      `<line class="grid" x1="${left}" x2="${width - right}" y1="${up(ms).toFixed(1)}" y2="${up(ms).toFixed(1)}"/>` +
        `<text x="${left - 5}" y="${(up(ms) + 4).toFixed(1)}" text-anchor="end">${Number(ms.toPrecision(1))}</text>`,
    );
  }
  const ticks = xs.map(
    (x) => `<text x="${across(x).toFixed(1)}" y="${height - bottom + 15}" text-anchor="middle">${x}</text>`,
  );
  const curves = lines.map(({ backend, points }) => {
    const { x, ms } = points[0];
    // Cost in proportion, from the first point to where it leaves the panel.
    const end = Math.min(points[points.length - 1].x, (x * high) / ms);
    const straight = `${pointAt(points[0])} ${pointAt({ x: end, ms: (ms * end) / x })}`;
    return (
      `<polyline class="proportion" points="${straight}"/>` +
      `<polyline class="${backend}" points="${points.map(pointAt).join(' ')}"/>`
    );
  });
  return `<g transform="${at}">${title}
${levels.join('\n')}
${ticks.join('')}
<text x="${(left + width - right) / 2}" y="${height - 6}" text-anchor="middle">${label}</text>
<text x="${left - 40}" y="${top - 4}">ms</text>
${curves.join('\n')}</g>`;
}

/** @param figures lines of `scale`; panels without any say so */
export function scaleFigure(figures: readonly Figure[]): string {
  const scale = figures.filter(({ bench }) => bench === 'scale');
  const width = 2 * PANEL.width;
  const height = 2 * PANEL.height + 40;
  const names = ['wasm', 'webgpu'].flatMap((backend) => {
    const one = scale.find((figure) => figure.backend === backend);
    return one ? [{ backend, text: `${backend}: ${one.device}, ${String(one.date).slice(0, 10)}` }] : [];
  });
  const legend = names.map(
    ({ backend, text }, i) =>
      `<text class="${backend}" x="${12 + (i * width) / 2}" y="${height - 8}">${escaped(text)}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">
<title>Cost in milliseconds over rollouts, context, hidden size and LoRA rank; both axes logarithmic, dashed: in proportion</title>
<style>${STYLE}</style>
<text x="12" y="13">milliseconds (median), both axes logarithmic; dashed: in proportion to the first point</text>
${AXES.map((_, i) => panel(scale, i)).join('\n')}
${legend.join('\n')}
</svg>
`;
}
