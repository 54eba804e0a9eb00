/** The bytes of a WebAssembly module that lies beside the sources: by `fetch`, in Node from the file. */
export async function moduleBytes(url: URL): Promise<BufferSource> {
  if (url.protocol === 'file:' && typeof process !== 'undefined') {
    // Named by a variable, so that a bundle for the browser does not look for it.
    const name = 'node:fs/promises';
    const { readFile } = (await import(/* @vite-ignore */ name)) as typeof import('node:fs/promises');
    return readFile(url);
  }
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.pathname}: HTTP status ${response.status}`);
  return response.arrayBuffer();
}
