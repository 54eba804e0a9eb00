/** The title of a model within a sentence: the same in every language. */
export function ModelName({ title }: { readonly title: string }) {
  return <span translate="no">{title}</span>;
}
