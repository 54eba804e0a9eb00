/**
 * One token looked into: its ten likeliest rivals, where each head looked, and what the adapter added. The
 * context is shaded by one head, or by the mean of all; the strongest places stand below with their numbers.
 */
import { type CSSProperties, useState } from 'react';
import type { InsideToken } from '../../worker/protocol';
import { ChartFrame } from '../charts/chart-frame';
import { compact, count, figure, percent, shareWords } from '../figures';
import { say } from '../language/language';
import { Say } from '../language/say';
import { Choice } from '../shell/fields';
import { visible } from './visible-text';

/** Places named for each head. */
const PLACES = 4;
const MEAN = 'mean';

interface InsideTokenProps {
  readonly look: InsideToken;
  /** Which of the tokens it wrote, from 0. */
  readonly at: number;
  readonly total: number;
}

export function InsideTokenView({ look, at, total }: InsideTokenProps) {
  return (
    <>
      <h3>
        <Say
          text="Token {n} of {total}, {token}, layer {layer}"
          with={{
            n: at + 1,
            total,
            token: <code lang="en">{visible(look.written.text)}</code>,
            layer: look.layer + 1,
          }}
        />
      </h3>
      <div className="inside-parts">
        <Candidates look={look} />
        <Heads look={look} />
        <Deltas look={look} />
      </div>
      <Context look={look} />
    </>
  );
}

function Candidates({ look: { candidates, written, temperature } }: { readonly look: InsideToken }) {
  return (
    <table aria-label={say('Likeliest next tokens')}>
      <caption>
        {say('The ten likeliest next tokens, at temperature {temperature}', {
          temperature: figure(temperature),
        })}
      </caption>
      <thead>
        <tr>
          <th scope="col">{say('token§column')}</th>
          <th scope="col" className="number">
            {say('probability')}
          </th>
          <th scope="col" className="number">
            {say('logit')}
          </th>
        </tr>
      </thead>
      <tbody>
        {candidates.map(({ id, text, logit, probability }) => (
          <tr key={id} className={id === written.id ? 'written' : undefined}>
            <th scope="row">
              <code lang="en">{visible(text)}</code>
              {id === written.id && ` ← ${say('written')}`}
            </th>
            <td className="number">
              <Bar size={probability} /> {shareWords(probability)}
            </td>
            <td className="number">{figure(logit, 2)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Heads({ look: { attention, context } }: { readonly look: InsideToken }) {
  return (
    <table aria-label={say('Attention of each head')}>
      <caption>
        {say('Where each head looked: share of its attention, and token (its place, from 1)')}
      </caption>
      <tbody>
        {attention.map((shares, head) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a head is its index
          <tr key={head}>
            <th scope="row">{say('head {n}', { n: head + 1 })}</th>
            <td>
              <ul className="head-places">
                {strongest(shares).map((place) => (
                  <li key={place}>
                    <Bar size={shares[place]} /> {percent(shares[place])}{' '}
                    <code lang="en">{visible(context[place])}</code>{' '}
                    <span className="quiet">({place + 1})</span>
                  </li>
                ))}
              </ul>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Deltas({ look: { deltas } }: { readonly look: InsideToken }) {
  if (deltas.length === 0)
    return <p className="quiet">{say('No adapter plays: nothing is added to the base.')}</p>;
  return (
    <table aria-label={say('What the adapter added')}>
      <caption>{say('What the adapter (LoRA) added for this token: Euclidean norms, no unit')}</caption>
      <thead>
        <tr>
          <th scope="col">{say('linear layer')}</th>
          <th scope="col" className="number">
            {say('added')}
          </th>
          <th scope="col" className="number">
            {say('whole output')}
          </th>
        </tr>
      </thead>
      <tbody>
        {deltas.map(({ module, delta, output }) => (
          <tr key={module}>
            <th scope="row">
              <code>{module}</code>
            </th>
            <td className="number">{compact(delta)}</td>
            <td className="number">{compact(output)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Context({ look }: { readonly look: InsideToken }) {
  const { attention, context, promptTokens } = look;
  const heads = attention.map((_, head) => String(head));
  const [head, choose] = useState(MEAN);
  const average = mean(attention);
  const shares = head === MEAN ? average : attention[Number(head)];
  const most = Math.max(...shares);
  return (
    <>
      <Choice
        label={say('Shade the context by')}
        value={head}
        values={[MEAN, ...heads]}
        words={{
          [MEAN]: say('all heads, mean'),
          ...Object.fromEntries(heads.map((index) => [index, say('head {n}', { n: Number(index) + 1 })])),
        }}
        onChange={choose}
      />
      <p className="quiet">
        {context.length > promptTokens
          ? say('{prompt} of prompt, then {written} it wrote.', {
              prompt: count(promptTokens, 'token'),
              written: count(context.length - promptTokens, 'token'),
            })
          : say('{prompt} of prompt.', { prompt: count(promptTokens, 'token') })}{' '}
        {say('The darkest got {share} of the attention.', { share: percent(most) })}
      </p>
      <ChartFrame
        title={say('Attention to each token of the context')}
        unit={say('share')}
        drawn={false}
        table={() => ({
          columns: [
            say('place'),
            say('token§column'),
            ...heads.map((index) => say('head {n}', { n: Number(index) + 1 })),
            say('all heads, mean'),
          ],
          rows: context.map((text, place) => [
            String(place + 1),
            visible(text),
            ...attention.map((row) => row[place]),
            average[place],
          ]),
        })}
      >
        <p className="tokens attended" lang="en">
          {context.map((text, place) => (
            <span
              // biome-ignore lint/suspicious/noArrayIndexKey: a context token is its place
              key={place}
              className={place < promptTokens ? 'token' : 'token own'}
              style={{ '--share': (shares[place] / most).toFixed(3) } as CSSProperties}
              title={`${place + 1}: ${shareWords(shares[place])}`}
            >
              {text.trim() === '' ? visible(text) : text}
            </span>
          ))}
        </p>
      </ChartFrame>
    </>
  );
}

function Bar({ size }: { readonly size: number }) {
  return (
    <i className="share-bar" aria-hidden="true" style={{ '--share': size.toFixed(3) } as CSSProperties} />
  );
}

/** Places with the largest shares, largest first. */
function strongest(shares: readonly number[]): readonly number[] {
  return [...shares.keys()].sort((a, b) => shares[b] - shares[a]).slice(0, PLACES);
}

function mean(rows: readonly (readonly number[])[]): readonly number[] {
  return rows[0].map((_, place) => rows.reduce((sum, row) => sum + row[place], 0) / rows.length);
}
