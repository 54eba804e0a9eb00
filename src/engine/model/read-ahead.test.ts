import { expect, it } from 'vitest';
import { MissingFileError, type ReadFile } from './model-folder';
import { readAhead } from './read-ahead';

/** A folder that notes what it is asked for and answers when told to. */
function slowFolder() {
  const asked: string[] = [];
  let answer = () => {};
  const open = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const read: ReadFile = async (name) => {
    asked.push(name);
    await open;
    if (name === 'gone') throw new MissingFileError(name, 'in the test');
    return new TextEncoder().encode(name);
  };
  return { asked, answer, read };
}
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

it('asks for all that is named before any of it has come, and for nothing twice', async () => {
  const { asked, answer, read } = slowFolder();
  const ahead = readAhead(read, ['a', 'b']);
  expect(asked).toEqual(['a', 'b']);
  const [a, b, c] = [ahead('a'), ahead('b'), ahead('c')];
  expect(asked).toEqual(['a', 'b', 'c']);
  answer();
  expect([await a, await b, await c].map(text)).toEqual(['a', 'b', 'c']);
});

it('lets go of a file that was taken, and reads it again where it is wanted again', async () => {
  const { asked, answer, read } = slowFolder();
  answer();
  const ahead = readAhead(read, ['a']);
  expect(text(await ahead('a'))).toBe('a');
  expect(text(await ahead('a'))).toBe('a');
  expect(asked).toEqual(['a', 'a']);
});

it('says that a file is missing to who asks for it, and to nobody else', async () => {
  const { answer, read } = slowFolder();
  const ahead = readAhead(read, ['gone', 'a']);
  answer();
  expect(text(await ahead('a'))).toBe('a');
  await expect(ahead('gone')).rejects.toThrow(MissingFileError);
});
