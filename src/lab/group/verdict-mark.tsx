/** Whether an answer is right: the one thing that ✓ and ✗ say, here as beside the recorded runs. */
export function VerdictMark({ verdict }: { readonly verdict: 'right' | 'wrong' }) {
  return (
    <b className={`verdict ${verdict}`} aria-hidden="true">
      {VERDICTS[verdict]}
    </b>
  );
}

export const VERDICTS = { right: '✓', wrong: '✗' } as const;
