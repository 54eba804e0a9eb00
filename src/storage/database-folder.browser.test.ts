import { afterEach, expect, test } from 'vitest';
import { DatabaseFolder } from './database-folder';
import { FOLDER_STORY, folderStory } from './folder-story.fixture';
import { takeAway } from './take-away.fixture';

const NAME = 'database-folder-test';
const open: DatabaseFolder[] = [];
const opened = async () => {
  const folder = await DatabaseFolder.open(NAME);
  if (!folder) throw new Error('There is no database here.');
  open.push(folder);
  return folder;
};

afterEach(async () => {
  for (const folder of open.splice(0)) folder.close();
  await takeAway(`agemem-lab-${NAME}`);
});

test('does what any folder does', async () => {
  expect(await folderStory(await opened())).toEqual(FOLDER_STORY);
});

test('is there for the next one who opens it', async () => {
  await (await opened()).write('kept', [Uint8Array.of(1), Uint8Array.of(2, 3)]);
  expect(await (await opened()).read('kept')).toEqual(Uint8Array.of(1, 2, 3));
});
