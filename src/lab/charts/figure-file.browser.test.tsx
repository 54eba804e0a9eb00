/** Figures as files: what the browser draws from them is what was on the page, without its style sheets. */

import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ChartFrame } from './chart-frame';
import { figureFile, pngOf } from './figure-file';
import { LineChart } from './line-chart';

let page: HTMLElement;
let sheet: HTMLStyleElement;
let unmount: () => void = () => undefined;

beforeEach(() => {
  sheet = document.createElement('style');
  sheet.textContent = `
    .page { background: rgb(20, 30, 40); color: rgb(250, 250, 250); }
    .line path { fill: none; stroke: rgb(255, 0, 0); stroke-width: 6px; }
    .red { background: rgb(255, 0, 0); }`;
  document.head.append(sheet);
  page = document.createElement('div');
  page.className = 'page';
  document.body.append(page);
});

afterEach(() => {
  unmount();
  page.remove();
  sheet.remove();
});

function show(content: React.ReactNode): void {
  const root = createRoot(page);
  unmount = () => root.unmount();
  flushSync(() => root.render(content));
}

const chart = (
  <LineChart
    title="Reward <&>"
    unit="reward"
    steps={3}
    series={[{ name: 'reward', values: [0.2, 0.5, 0.9] }]}
  />
);
const drawing = () => page.querySelector('.chart-body svg') as SVGSVGElement;

test('an SVG file stands alone: well formed, titled, coloured without a style sheet, no class left', () => {
  show(chart);
  const before = page.innerHTML;
  const { text } = figureFile(drawing(), 'Reward <&>', [{ label: 'mean', colour: 'rgb(255, 0, 0)' }]);
  const file = new DOMParser().parseFromString(text, 'image/svg+xml');
  expect(file.querySelector('parsererror')).toBeNull();
  expect([...file.querySelectorAll('text')].map((node) => node.textContent)).toEqual(
    expect.arrayContaining(['Reward <&>', 'GRPO step', 'mean']),
  );
  expect(file.querySelector('path')?.getAttribute('stroke')).toBe('rgb(255, 0, 0)');
  expect(file.querySelector('rect')?.getAttribute('fill')).toBe('rgb(20, 30, 40)');
  expect(file.querySelector('[class], [style]')).toBeNull();
  expect(page.innerHTML).toBe(before);
});

test('a PNG file shows the line in its colour on the paper of the page', async () => {
  show(chart);
  const png = await pngOf(figureFile(drawing(), 'Reward', []));
  expect(png.type).toBe('image/png');
  const picture = await createImageBitmap(png);
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
  context.drawImage(picture, 0, 0);
  const { data } = context.getImageData(0, 0, picture.width, picture.height);
  expect([...data.slice(0, 3)]).toEqual([20, 30, 40]);
  let red = 0;
  for (let i = 0; i < data.length; i += 4) {
    if (data[i] > 240 && data[i + 1] < 30 && data[i + 2] < 30) red++;
  }
  expect(red).toBeGreaterThan(500);
});

test('the frame: numbers are drawn when they are opened, and saved under the name of the chart', async () => {
  show(chart);
  expect(page.querySelector('table')).toBeNull();
  (page.querySelector('.numbers summary') as HTMLElement).click();
  await expect.poll(() => page.querySelectorAll('tbody tr').length).toBe(3);
  const saved: { name: string; data: Promise<string> }[] = [];
  const click = HTMLAnchorElement.prototype.click;
  HTMLAnchorElement.prototype.click = function save() {
    saved.push({ name: this.download, data: fetch(this.href).then((file) => file.text()) });
  };
  try {
    for (const name of ['CSV', 'SVG']) {
      [...page.querySelectorAll('button')].find((one) => one.textContent === name)?.click();
    }
    await expect.poll(() => saved.length).toBe(2);
  } finally {
    HTMLAnchorElement.prototype.click = click;
  }
  expect(saved.map(({ name }) => name)).toEqual(['reward.csv', 'reward.svg']);
  expect(await saved[0].data).toBe('step,reward (reward)\r\n1,0.2\r\n2,0.5\r\n3,0.9\r\n');
  expect(await saved[1].data).toContain('<svg');
});

test('a chart that is no drawing says so where a picture is asked for', async () => {
  show(
    <ChartFrame title="Norms" table={() => ({ columns: ['layer'], rows: [[0]] })}>
      <p>a table</p>
    </ChartFrame>,
  );
  [...page.querySelectorAll('button')].find((one) => one.textContent === 'PNG')?.click();
  await expect.poll(() => page.querySelector('[role="status"]')?.textContent).toMatch(/no drawing/);
});
