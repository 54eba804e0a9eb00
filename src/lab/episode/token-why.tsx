/** Why this token: which words of its context the policy looked at, and whether the same text stood among them. */
import { type CSSProperties, useState } from 'react';
import type { InsideToken } from '../../worker/protocol';
import { count, shareWords } from '../figures';
import { Term } from '../shell/term';
import { type AttendedWord, attendedWords, mostAttended } from './attended-words';
import { visible } from './visible-text';

/** Words named. */
const NAMED = 6;

interface TokenWhyProps {
  readonly look: InsideToken;
}

export function TokenWhy({ look }: TokenWhyProps) {
  const words = attendedWords(look);
  const same = words.filter((word) => word.same);
  const most = mostAttended(words, NAMED);
  return (
    <div className="token-why">
      <p>
        Before writing it, the policy looked at (<Term name="attention">attention</Term>, layer{' '}
        {look.layer + 1}, mean of {count(look.attention.length, 'head')}):
      </p>
      <ol className="looked-at" aria-label="Words it looked at most">
        {most.map((word) => (
          <li key={word.from}>
            <i
              className="share-bar"
              aria-hidden="true"
              style={{ '--share': word.share.toFixed(3) } as CSSProperties}
            />{' '}
            {shareWords(word.share)} <code>{visible(word.text.trim())}</code>
            {word.same && <strong> the same text</strong>}
          </li>
        ))}
      </ol>
      <p className="quiet">{copied(look, same)}</p>
    </div>
  );
}

function copied({ written }: InsideToken, same: readonly AttendedWord[]): string {
  const text = `“${visible(written.text)}”`;
  if (same.length === 0) return `${text} stands nowhere in the context before: it is not copied from there.`;
  const share = same.reduce((sum, word) => sum + word.share, 0);
  return `${text} stands ${count(same.length, 'time')} in the context before; ${same.length === 1 ? 'that place' : 'those places'} got ${shareWords(share)} of the attention.`;
}

/** Asks for the look, once a token; remembers the answer while the same tokens are on view. */
export function useWhy(ask: ((token: number) => Promise<InsideToken | undefined>) | null) {
  const [seen, see] = useState<{ readonly token: number; readonly look: InsideToken } | null>(null);
  const why = async (token: number) => {
    const look = await ask?.(token);
    if (look) see({ token, look });
  };
  return { seen, why };
}
