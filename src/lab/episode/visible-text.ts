/** White space that would not be seen, made visible. */
export function visible(text: string): string {
  if (text === '') return '∅';
  return text.replaceAll('\n', '↵').replace(/^ | $/g, '␣');
}
