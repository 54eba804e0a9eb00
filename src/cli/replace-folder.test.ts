import { spawn } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformWithOxc } from 'vite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { replaceFolder } from './replace-folder';

let parent = '';
let folder = '';
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'replace-folder-'));
  folder = join(parent, 'deep/adapter');
});
afterEach(() => rm(parent, { recursive: true }));

const text = (name: string) => readFile(join(folder, name), 'utf8');

describe('replaceFolder', () => {
  it('makes the folder, then replaces its files, and leaves nothing beside it', async () => {
    await replaceFolder(folder, { a: 'one', b: Uint8Array.of(49) });
    expect([await text('a'), await text('b')]).toEqual(['one', '1']);
    await replaceFolder(folder, { a: 'two', c: 'three' });
    expect([await text('a'), await text('c')]).toEqual(['two', 'three']);
    expect(await readdir(join(parent, 'deep'))).toEqual(['adapter']);
  });

  it('writes into folders of the folder', async () => {
    await replaceFolder(folder, { a: 'one', 'deep/b': 'two' });
    await replaceFolder(folder, { 'deep/b': 'three' });
    expect([await text('a'), await text('deep/b')]).toEqual(['one', 'three']);
  });

  it('keeps what else lies there, also a log that is being written', async () => {
    await mkdir(join(folder, 'notes'), { recursive: true });
    await writeFile(join(folder, 'notes/n'), 'note');
    const log = await open(join(folder, 'log'), 'a');
    await log.write('before ');
    await replaceFolder(folder, { a: 'one' });
    await log.write('after');
    await log.close();
    expect([await text('log'), await text('notes/n'), await text('a')]).toEqual([
      'before after',
      'note',
      'one',
    ]);
  });

  it('goes on from wherever an earlier call was killed', async () => {
    await replaceFolder(folder, { a: 'one', b: 'one' });
    await appendFile(join(folder, 'log'), 'kept');
    // Killed while writing, and again between the two renames.
    await mkdir(`${folder}.new`);
    await writeFile(join(`${folder}.new`, 'a'), 'hal');
    await rename(folder, `${folder}.old`);
    await replaceFolder(folder, { a: 'two', b: 'two' });
    expect([await text('a'), await text('b'), await text('log')]).toEqual(['two', 'two', 'kept']);
    expect(await readdir(join(parent, 'deep'))).toEqual(['adapter']);
  });

  it('leaves the files of one run when the process is killed at any moment', async () => {
    const kills = process.env.SOAK ? 60 : 5;
    const size = 4_000_000;
    await replaceFolder(folder, { a: 'x'.repeat(size), b: 'x'.repeat(size) });
    const source = fileURLToPath(new URL('./replace-folder.ts', import.meta.url));
    const { code } = await transformWithOxc(await readFile(source, 'utf8'), source);
    const program = `${code}
      for (let i = 0; ; i++) {
        const letter = 'yz'[i % 2];
        await replaceFolder(${JSON.stringify(folder)}, { a: letter.repeat(${size}), b: letter.repeat(${size}) });
        if (i === 0) console.log('writing');
      }`;
    for (let kill = 0; kill < kills; kill++) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', program]);
      await new Promise((ready) => child.stdout.once('data', ready));
      await new Promise((later) => setTimeout(later, 17 * kill));
      const gone = new Promise((exit) => child.once('exit', exit));
      child.kill('SIGKILL');
      await gone;
      const whole = (await readdir(join(parent, 'deep'))).includes('adapter') ? folder : `${folder}.old`;
      const [a, b] = await Promise.all(['a', 'b'].map((name) => readFile(join(whole, name), 'utf8')));
      expect(a).toHaveLength(size);
      expect(a === b).toBe(true);
    }
  });
});
