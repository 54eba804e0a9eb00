/** Text of a lesson: what stands between backticks is code. */
export function Words({ text }: { readonly text: string }) {
  return (
    <>
      {text.split('`').map((piece, index) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no identity but their place
        index % 2 === 1 ? <code key={index}>{piece}</code> : <span key={index}>{piece}</span>,
      )}
    </>
  );
}
