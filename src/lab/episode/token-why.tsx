/** Why this token: which words of its context the policy looked at, and whether the same text stood among them. */
import { type CSSProperties, useState } from 'react';
import type { InsideToken } from '../../worker/protocol';
import { count, shareWords } from '../figures';
import { say } from '../language/language';
import { Say } from '../language/say';
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
        <Say
          text="Before writing it, the policy looked at ({attention}, layer {layer}, mean of {heads}):"
          with={{
            attention: <Term name="attention">{say('attention')}</Term>,
            layer: look.layer + 1,
            heads: count(look.attention.length, 'head'),
          }}
        />
      </p>
      <ol className="looked-at" aria-label={say('Words it looked at most')}>
        {most.map((word) => (
          <li key={word.from}>
            <i
              className="share-bar"
              aria-hidden="true"
              style={{ '--share': word.share.toFixed(3) } as CSSProperties}
            />{' '}
            {shareWords(word.share)} <code lang="en">{visible(word.text.trim())}</code>
            {word.same && <strong> {say('the same text')}</strong>}
          </li>
        ))}
      </ol>
      <p className="quiet">{copied(look, same)}</p>
    </div>
  );
}

function copied({ written }: InsideToken, same: readonly AttendedWord[]): string {
  const token = visible(written.text);
  if (same.length === 0)
    return say('“{token}” stands nowhere in the context before: it is not copied from there.', { token });
  const share = shareWords(same.reduce((sum, word) => sum + word.share, 0));
  const values = { token, times: count(same.length, 'time'), share };
  return same.length === 1
    ? say('“{token}” stands {times} in the context before; that place got {share} of the attention.', values)
    : say(
        '“{token}” stands {times} in the context before; those places got {share} of the attention.',
        values,
      );
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
