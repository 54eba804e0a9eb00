/** The model page under real hands: a folder picked and dropped, a download cancelled, a setup applied, the keyboard. */
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ModelsController } from './models-controller';
import ModelsPage, { ModelsView } from './models-page';
import { QWEN, RecordedModels } from './models-worker.fixture';

const NOW = { foreign: [], opening: null, works: false, trains: false };

let line: RecordedModels;
let models: ModelsController;
let page: HTMLElement;
let root: ReturnType<typeof createRoot>;

const button = (name: string) => {
  const all = [...page.querySelectorAll('button')];
  return all.find((one) => one.textContent?.startsWith(name)) ?? expect.fail(`There is no button ${name}.`);
};
const field = (name: string): HTMLInputElement => {
  const label = [...page.querySelectorAll('label')].find((one) => one.textContent?.startsWith(name));
  const { control } = label ?? expect.fail(`There is no field ${name}.`);
  return control as HTMLInputElement;
};
const press = (element: HTMLElement) => act(async () => element.click());
const settled = () => act(() => new Promise((resolve) => setTimeout(resolve, 5)));
/** As typing does, so that React hears of it. */
const write = (input: HTMLInputElement, text: string) =>
  act(async () => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(input, text);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  });
const last = () => line.asked[line.asked.length - 1];

beforeEach(async () => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  line = new RecordedModels();
  models = new ModelsController(line);
  await models.open();
  page = document.body.appendChild(document.createElement('div'));
  root = createRoot(page);
  await act(async () => root.render(<ModelsView models={models} {...NOW} />));
});

afterEach(async () => {
  await act(async () => root.unmount());
  page.remove();
});

test('the page listens while it is on view, and no longer', async () => {
  const { length } = line.asked;
  await act(async () => root.render(<ModelsPage line={line} {...NOW} />));
  await settled();
  expect(line.asked.slice(length).map(({ name }) => name)).toEqual(['listModels']);
  await act(async () => line.become(QWEN, { kind: 'kept', storedBytes: 5 }));
  expect(page.textContent).toContain('kept, usable offline');
});

test('a folder that was picked is named, kept and added; its card then has the focus', async () => {
  const input = field('Drop the folder');
  expect(input.webkitdirectory).toBe(true);
  const files = new DataTransfer();
  files.items.add(new File(['{}'], 'config.json'));
  files.items.add(new File(['weights'], 'model.safetensors'));
  await act(async () => {
    input.files = files.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  });
  await settled();
  expect(page.textContent).toContain('2 files, 9 bytes.');
  // Loose files have no folder's name: one is asked for.
  expect(button('Add it to the list').disabled).toBe(true);
  await write(field('Name in the list'), 'mine');
  await press(field('Keep a copy'));
  await press(button('Add it to the list'));
  await settled();
  expect(last()).toMatchObject({ name: 'addModelFolder', args: { name: 'mine', keep: true } });
  expect((last().args as { files: Map<string, File> }).files.get('config.json')?.size).toBe(2);
  expect(document.activeElement?.textContent).toBe('mine bf16');
});

test('files that are dropped are looked through, and can be put away', async () => {
  const transfer = new DataTransfer();
  transfer.items.add(new File(['{}'], 'config.json'));
  const place = page.querySelector('.drop-folder') ?? expect.fail('There is no place to drop on.');
  await act(async () => {
    place.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: transfer }));
  });
  await expect.poll(() => page.textContent).toContain('1 file, 2 bytes.');
  await press(button('Not this one'));
  expect(page.textContent).not.toContain('1 file, 2 bytes.');
});

test('a name of the hub is looked up by Enter, and stays where that fails', async () => {
  line.failing = 'addHubModel';
  const name = field('Name (owner/name)');
  await write(name, ' owner/name ');
  await act(async () => name.form?.requestSubmit());
  await settled();
  expect(last()).toEqual({ name: 'addHubModel', args: { name: 'owner/name', provider: 'engine' } });
  expect(page.querySelector('[role="alert"]')?.textContent).toContain('addHubModel is broken. Mend it.');
  expect(name.value).toBe(' owner/name ');
  line.failing = null;
  await act(async () => name.form?.requestSubmit());
  await settled();
  expect(page.querySelector('[role="alert"]')).toBeNull();
  expect(name.value).toBe('');
});

test('a download is only given up when it was asked once more', async () => {
  await press(button('Download 1.5 GB'));
  await settled();
  await press(button('Cancel …'));
  expect(document.activeElement?.textContent).toBe('Keep it');
  await press(button('Keep it'));
  expect(line.asked.map(({ name }) => name)).not.toContain('cancelDownload');
  await press(button('Cancel …'));
  await press(button('Delete what came'));
  await settled();
  expect(last()).toEqual({ name: 'cancelDownload', args: { id: QWEN } });
  expect(models.state().shelf?.models.find(({ id }) => id === QWEN)?.state.kind).toBe('absent');
});

test('a button that gives way leaves the focus to its card; a download that broke is told once', async () => {
  const download = button('Download 1.5 GB');
  download.focus();
  await press(download);
  await settled();
  expect(document.activeElement?.textContent).toBe('Qwen3 0.6B bf16');
  const trouble = { code: 'network', message: 'downloadModel is broken.', whatToDo: 'Mend it.' };
  line.failing = 'downloadModel';
  await act(async () =>
    line.become(QWEN, { kind: 'partial', storedBytes: 400, totalBytes: 1000, trouble: null }),
  );
  await press(button('Go on'));
  await settled();
  await act(async () => line.become(QWEN, { kind: 'partial', storedBytes: 400, totalBytes: 1000, trouble }));
  expect(page.textContent?.split('downloadModel is broken.')).toHaveLength(2);
});

test('a setup is applied as far as it was changed, and asks again for weights that are read anew', async () => {
  expect(button('Apply').disabled).toBe(true);
  const temperature = field('Temperature');
  await write(temperature, '5');
  expect(temperature.getAttribute('aria-invalid')).toBe('true');
  expect(page.textContent).toContain('from 0 to 2');
  expect(button('Apply').disabled).toBe(true);
  await write(temperature, '0.5');
  expect(button('Apply').disabled).toBe(false);
  await press(field('Held to the protocol'));
  await press(button('Apply'));
  await settled();
  expect(last()).toEqual({ name: 'setUpModel', args: { setup: { temperature: 0.5, constrained: true } } });
  expect(button('Apply').disabled).toBe(true);
  await write(field('Longest completion'), '7');
  await press(button('Drop the changes'));
  expect(field('Longest completion').value).toBe('96');
});
