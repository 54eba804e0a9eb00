/** The files of the site as `scripts/build-single.mjs` puts them into the document: blocks of base64, one a file. */

/**
 * By their paths below the site; taken out of the document, which need not hold them twice. One that is no base64 any
 * more was damaged on its way and is left out: the lab says by name what it misses.
 */
export function embeddedFiles(document: ParentNode): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const block of document.querySelectorAll('script[data-file]')) {
    const path = block.getAttribute('data-file');
    const bytes = bytesOf(block.textContent ?? '');
    if (path !== null && bytes) files.set(path, bytes);
    block.remove();
  }
  return files;
}

function bytesOf(base64: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
