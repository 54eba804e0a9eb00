/**
 * The sampled tokens, each shaded by how surprising it was. One tab stop; arrow keys move along it, and
 * the line below tells probability, entropy and what the policy might have written instead.
 */
import { type CSSProperties, type KeyboardEvent, useId, useState } from 'react';
import type { SampledToken } from '../../worker/protocol';
import { figure, percent } from '../figures';

export function TokenStrip({ tokens }: { readonly tokens: readonly SampledToken[] }) {
  const id = useId();
  const [chosen, choose] = useState<number | null>(null);
  const active = Math.min(chosen ?? mostOpen(tokens), tokens.length - 1);
  const move = (event: KeyboardEvent) => {
    const to = target(event.key, active, tokens.length);
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    choose(to);
  };
  return (
    <>
      <div
        className="tokens"
        role="listbox"
        tabIndex={0}
        aria-label={`${tokens.length} tokens; darker means less likely`}
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
            style={{ '--surprise': surprise(token) } as CSSProperties}
            onMouseEnter={() => choose(index)}
            onClick={() => choose(index)}
          >
            {token.text.trim() === '' ? visible(token.text) : token.text}
          </span>
        ))}
      </div>
      {tokens[active] && <TokenDetail token={tokens[active]} at={active} total={tokens.length} />}
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
  const others = token.alternatives.filter((other) => other.id !== token.id).slice(0, 4);
  return (
    <div className="token-detail">
      <p>
        Token {at + 1} of {total}: <code>{visible(token.text)}</code> had probability{' '}
        <strong>{percent(Math.exp(token.logprob))}</strong>
        <span className="quiet"> · entropy {figure(token.entropy, 2)} nats</span>
      </p>
      {others.length > 0 && (
        <ul className="alternatives" aria-label="Instead it might have written">
          {others.map((other) => (
            <li key={other.id}>
              <code>{visible(other.text)}</code> {percent(Math.exp(other.logprob))}
            </li>
          ))}
        </ul>
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

/** White space that would not be seen, made visible. */
export function visible(text: string): string {
  if (text === '') return '∅';
  return text.replaceAll('\n', '↵').replace(/^ | $/g, '␣');
}
