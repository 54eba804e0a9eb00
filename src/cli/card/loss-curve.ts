/** The loss curve of a model card as an SVG of its own: tokens (millions) across, nats up, log scale. */

export interface LossLine {
  readonly update: number;
  readonly tokens: number;
  readonly loss: number;
}

const WIDTH = 640;
const HEIGHT = 240;
const LEFT = 48;
const BOTTOM = 32;
const TOP = 12;
const RIGHT = 12;
/** Updates averaged into one point. */
const WINDOW = 20;

export function lossCurve(losses: readonly LossLine[]): string {
  const points: { tokens: number; loss: number }[] = [];
  for (let i = 0; i + WINDOW <= losses.length; i += WINDOW) {
    const part = losses.slice(i, i + WINDOW);
    points.push({
      tokens: part[WINDOW - 1].tokens,
      loss: part.reduce((sum, p) => sum + p.loss, 0) / WINDOW,
    });
  }
  const most = losses[losses.length - 1].tokens;
  const high = Math.log(Math.max(...points.map((p) => p.loss)));
  const low = Math.log(Math.min(...points.map((p) => p.loss)));
  const x = (tokens: number) => LEFT + ((WIDTH - LEFT - RIGHT) * tokens) / most;
  const y = (loss: number) =>
    TOP + ((HEIGHT - TOP - BOTTOM) * (high - Math.log(loss))) / Math.max(high - low, 1e-9);
  const path = points.map((p) => `${x(p.tokens).toFixed(1)},${y(p.loss).toFixed(1)}`).join(' ');
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const tokens = share * most;
    return `<text x="${x(tokens).toFixed(1)}" y="${HEIGHT - 14}" text-anchor="middle">${(tokens / 1e6).toFixed(1)}</text>`;
  });
  const levels = [3, 2, 1, 0.5, 0.3, 0.2]
    .filter((loss) => Math.log(loss) <= high && Math.log(loss) >= low)
    .map(
      (loss) =>
        `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(loss).toFixed(1)}" y2="${y(loss).toFixed(1)}" stroke="#8886"/>` +
        `<text x="${LEFT - 6}" y="${(y(loss) + 4).toFixed(1)}" text-anchor="end">${loss}</text>`,
    );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="11" fill="#777">
<title>Loss in nats a weighted token (log scale) over millions of tokens</title>
<rect width="100%" height="100%" fill="none"/>
${levels.join('\n')}
<polyline points="${path}" fill="none" stroke="#2a7ab9" stroke-width="1.5"/>
${ticks.join('\n')}
<text x="${WIDTH / 2}" y="${HEIGHT - 1}" text-anchor="middle">million tokens</text>
<text x="${LEFT}" y="10">loss, nats (log scale, mean of ${WINDOW} updates)</text>
</svg>
`;
}
