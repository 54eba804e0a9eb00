/** Hands a file that was made here to the browser to be saved; nothing is sent anywhere. */

/** The browser has taken hold of the file by then; a revoked address would end a download that has not begun. */
const HELD_MS = 60_000;

export function saveFile(name: string, data: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(data);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), HELD_MS);
}

/** A title as the name of a file: letters, digits and single dashes. */
export function fileName(title: string, extension: string): string {
  const words = title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  return `${words || 'figure'}.${extension}`;
}
