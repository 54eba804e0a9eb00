/** The folder's story in a worker, where files are written through synchronous handles. Posts what it saw. */
import { folderStory } from './folder-story.fixture';
import { OpfsFolder } from './opfs-folder';

self.onmessage = async ({ data }: MessageEvent<string>) => {
  const folder = await OpfsFolder.open(data);
  const synchronous = 'createSyncAccessHandle' in FileSystemFileHandle.prototype;
  self.postMessage({ synchronous, seen: folder && (await folderStory(folder)) });
};
