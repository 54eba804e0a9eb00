/** Folders as pickers and drops give them: names below the folder, nothing hidden, not a whole disk. */
import { describe, expect, test } from 'vitest';
import { droppedFrom, MOST_FILES, pickedFrom, TooManyFilesError } from './picked-folder';

/** As a folder picker gives it. */
function below(path: string, text = 'x'): File {
  const file = new File([text], path.slice(path.lastIndexOf('/') + 1));
  Object.defineProperty(file, 'webkitRelativePath', { value: path });
  return file;
}

type Tree = { readonly [name: string]: Tree | string };

/** As a drop gives it; folders tell their entries two at a time, as browsers tell them a hundred at a time. */
function entry(name: string, content: Tree | string): FileSystemEntry {
  if (typeof content === 'string') {
    const file = (give: (file: File) => void) => give(new File([content], name));
    return { name, isFile: true, isDirectory: false, file } as unknown as FileSystemEntry;
  }
  const createReader = () => {
    const left = Object.entries(content).map(([key, value]) => entry(key, value));
    return { readEntries: (give: (some: FileSystemEntry[]) => void) => give(left.splice(0, 2)) };
  };
  return { name, isFile: false, isDirectory: true, createReader } as unknown as FileSystemEntry;
}
const dropped = (tree: Tree) =>
  droppedFrom(
    Object.entries(tree).map(
      ([name, content]) => ({ webkitGetAsEntry: () => entry(name, content) }) as DataTransferItem,
    ),
  );

const MODEL: Tree = {
  'config.json': '{}',
  'tokenizer.json': '{"a":1}',
  'model.safetensors': 'weights',
  '.git': { config: 'hidden', objects: { ab: 'hidden' } },
  onnx: { 'model.onnx': 'graph', '.DS_Store': 'hidden' },
};
const PATHS = ['config.json', 'model.safetensors', 'onnx/model.onnx', 'tokenizer.json'];

describe('a folder', () => {
  test('picked: paths below it, without what is hidden', () => {
    const { name, files, bytes } = pickedFrom([
      ...PATHS.map((path) => below(`qwen/${path}`, 'four')),
      below('qwen/.git/config'),
    ]);
    expect(name).toBe('qwen');
    expect([...files.keys()].sort()).toEqual(PATHS);
    expect(bytes).toBe(16);
  });

  test('dropped: the same, however many portions it comes in', async () => {
    const { name, files, bytes } = await dropped({ qwen: MODEL });
    expect(name).toBe('qwen');
    expect([...files.keys()].sort()).toEqual(PATHS);
    expect(await files.get('onnx/model.onnx')?.text()).toBe('graph');
    expect(bytes).toBe('{}{"a":1}weightsgraph'.length);
  });

  test('of one folder within another keeps the inner name in its paths', () => {
    expect([...pickedFrom([below('top/onnx/model.onnx')]).files.keys()]).toEqual(['onnx/model.onnx']);
  });
});

test('loose files are a folder without a name', async () => {
  const { name, files } = await dropped({ 'config.json': '{}', 'model.safetensors': 'w' });
  expect(name).toBe('');
  expect([...files.keys()]).toEqual(['config.json', 'model.safetensors']);
  expect(pickedFrom([new File(['x'], 'config.json')]).name).toBe('');
});

test('nothing is nothing', async () => {
  expect(pickedFrom([]).files.size).toBe(0);
  expect((await dropped({ '.hidden': { a: 'x' } })).files.size).toBe(0);
});

test('a folder of folders of models is refused, whatever way it comes', async () => {
  const many = Array.from({ length: MOST_FILES + 1 }, (_, index) => `f${index}`);
  expect(() => pickedFrom(many.map((name) => below(`home/${name}`)))).toThrow(TooManyFilesError);
  const tree = { home: Object.fromEntries(many.map((name) => [name, 'x'])) };
  await expect(dropped(tree)).rejects.toThrow(TooManyFilesError);
  expect(pickedFrom(many.slice(1).map((name) => below(`home/${name}`))).files.size).toBe(MOST_FILES);
});
