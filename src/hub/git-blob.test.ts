/** Against hashes that Git itself gives, and bytes that are wrong once or always. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { blobHash, checkedBlob, isGitBlob } from './git-blob';

const utf8 = (text: string) => new TextEncoder().encode(text);
const FILE = { path: 'config.json', bytes: 6, sha256: null, tag: 'ce013625030ba8dba906f756967f9e9ca394464a' };

test('is the one of Git', async () => {
  // Known to everybody: the empty file, and "hello" with a line break.
  expect(await blobHash(utf8(''))).toBe('e69de29bb2d1d6434b8b29ae775ad8c2e48c5391');
  expect(await blobHash(utf8('hello\n'))).toBe(FILE.tag);
  const text = 'ä\0'.repeat(5000);
  const git = execFileSync('git', ['hash-object', '--stdin'], { input: text, encoding: 'utf8' });
  expect(await blobHash(utf8(text))).toBe(git.trim());
});

test('is held against small files that have no SHA-256', () => {
  expect(isGitBlob(FILE)).toBe(true);
  expect(isGitBlob({ ...FILE, sha256: 'a'.repeat(64) })).toBe(false);
  expect(isGitBlob({ ...FILE, tag: 'of some date' })).toBe(false);
  expect(isGitBlob({ ...FILE, bytes: 2 ** 30 })).toBe(false);
});

test('what is wrong once is asked for again, what is wrong twice is refused', async () => {
  const read = async (answers: readonly string[]) => {
    let asked = 0;
    async function* ask() {
      const text = answers[asked++];
      yield utf8(text.slice(0, 2));
      yield utf8(text.slice(2));
    }
    const chunks: Uint8Array[] = [];
    for await (const chunk of checkedBlob(ask, FILE, 'config.json')) chunks.push(chunk);
    return { asked, text: Buffer.concat(chunks).toString() };
  };
  expect(await read(['hello\n'])).toEqual({ asked: 1, text: 'hello\n' });
  expect(await read(['jello\n', 'hello\n'])).toEqual({ asked: 2, text: 'hello\n' });
  await expect(read(['jello\n', 'hello!'])).rejects.toMatchObject({ code: 'file-damaged' });
});
