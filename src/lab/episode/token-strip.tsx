/**
 * The sampled tokens, each shaded by how surprising it was. One tab stop; arrow keys move along it, Enter asks where
 * the policy looked, and the lines below tell probability, entropy and what it might have written instead.
 */
import { type CSSProperties, type KeyboardEvent, useId, useState } from 'react';
import type { InsideToken, SampledToken } from '../../worker/protocol';
import { figure, shareWords } from '../figures';
import { say } from '../language/language';
import { Say } from '../language/say';
import { Term } from '../shell/term';
import { TokenWhy, useWhy } from './token-why';
import { visible } from './visible-text';

interface TokenStripProps {
  readonly tokens: readonly SampledToken[];
  /** The token that the playhead stands on; null: none, the whole step is on view. */
  readonly current?: number | null;
  /** Looks inside the policy at a token; null where no worker has the episode open. */
  readonly onAsk?: ((token: number) => Promise<InsideToken | undefined>) | null;
  /** The policy is busy with something else. */
  readonly blocked?: boolean;
}

export function TokenStrip({ tokens, current = null, onAsk = null, blocked = false }: TokenStripProps) {
  const id = useId();
  const [chosen, choose] = useState<{ readonly token: number; readonly at: number | null } | null>(null);
  const { seen, why } = useWhy(onAsk);
  // A choice counts until the playhead moves on.
  const own = chosen?.at === current ? chosen.token : null;
  const active = Math.min(own ?? current ?? mostOpen(tokens), tokens.length - 1);
  const pick = (token: number) => choose({ token, at: current });
  const move = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && onAsk && !blocked) void why(active);
    const to = target(event.key, active, tokens.length);
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    pick(to);
  };
  return (
    <>
      <div
        className="tokens"
        role="listbox"
        tabIndex={0}
        aria-label={say('{n} tokens; darker means less likely', { n: tokens.length })}
        aria-activedescendant={`${id}-${active}`}
        onKeyDown={move}
      >
        {tokens.map((token, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox itself takes the keys
          // biome-ignore lint/a11y/useFocusableInteractive: focus stays on the listbox, which names the active option
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: tokens are an append-only list
            key={index}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            className="token"
            lang="en"
            style={{ '--surprise': surprise(token) } as CSSProperties}
            onMouseEnter={() => pick(index)}
            onClick={() => pick(index)}
          >
            {token.text.trim() === '' ? visible(token.text) : token.text}
          </span>
        ))}
      </div>
      {tokens[active] && <TokenDetail token={tokens[active]} at={active} total={tokens.length} />}
      {onAsk && tokens[active] && (
        <button type="button" className="plain" disabled={blocked} onClick={() => void why(active)}>
          {say('Why “{token}”?', { token: visible(tokens[active].text) })}
        </button>
      )}
      {seen?.token === active && <TokenWhy look={seen.look} />}
    </>
  );
}

function TokenDetail({
  token,
  at,
  total,
}: {
  readonly token: SampledToken;
  readonly at: number;
  readonly total: number;
}) {
  return (
    <div className="token-detail">
      <p>
        <Say
          text="Token {n} of {total}: {token} had probability {probability}"
          with={{
            n: at + 1,
            total,
            token: <code lang="en">{visible(token.text)}</code>,
            probability: <strong>{shareWords(Math.exp(token.logprob))}</strong>,
          }}
        />
        <span className="quiet">
          {' '}
          ·{' '}
          <Say
            text="{entropy} {value} nats"
            with={{
              entropy: <Term name="entropy">{say('entropy')}</Term>,
              value: figure(token.entropy, 2),
            }}
          />
        </span>
      </p>
      {token.alternatives.length > 0 && (
        <ol className="alternatives" aria-label={say('The likeliest tokens here')}>
          {token.alternatives.map((other) => (
            <li key={other.id} className={other.id === token.id ? 'written' : undefined}>
              <code lang="en">{visible(other.text)}</code> {shareWords(Math.exp(other.logprob))}
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

/** The token at which the policy was least decided: the place worth looking at first. */
export function mostOpen(tokens: readonly SampledToken[]): number {
  return tokens.reduce((best, token, index) => (token.entropy > tokens[best].entropy ? index : best), 0);
}

/** 0 for a certain token, towards 1 for an unlikely one. */
function surprise(token: SampledToken): string {
  return (1 - Math.exp(token.logprob)).toFixed(2);
}

function target(key: string, active: number, length: number): number | undefined {
  switch (key) {
    case 'ArrowRight':
    case 'ArrowDown':
      return Math.min(length - 1, active + 1);
    case 'ArrowLeft':
    case 'ArrowUp':
      return Math.max(0, active - 1);
    case 'Home':
      return 0;
    case 'End':
      return length - 1;
    default:
      return undefined;
  }
}
