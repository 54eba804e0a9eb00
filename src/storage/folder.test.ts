import { expect, test } from 'vitest';
import { FolderInMemory } from './folder.fixture';
import { FOLDER_STORY, folderStory } from './folder-story.fixture';

test('the folder of the tests behaves as a real one does', async () => {
  expect(await folderStory(new FolderInMemory())).toEqual(FOLDER_STORY);
});
