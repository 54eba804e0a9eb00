/** Whose adapter plays: named where it is a variant's, in the note and among the players, and nowhere else. */
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { Ready } from '../../worker/protocol';
import { sayEach } from '../language/language';
import { adaptersOf } from '../words';
import { TrainedNote } from './trained-note';

function acting(id: string): Ready {
  const sitePolicies = [
    { id: 'bundled', trainedAs: 'trained' },
    { id: 'engine:site/answers', trainedAs: 'answer-only' },
    { id: 'engine:site/long', trainedAs: 'lt-rl' },
  ];
  return { model: { id }, sitePolicies } as unknown as Ready;
}

const note = (id: string) =>
  renderToStaticMarkup(<TrainedNote ready={acting(id)} blocked={false} onAct={() => undefined} />);
const shipped = (id: string) => sayEach(adaptersOf(acting(id))).shipped;

test('an adapter trained as a variant is named by what it was trained for, with the way back', () => {
  expect(shipped('engine:site/answers')).toBe('Trained for the answer alone');
  expect(note('engine:site/answers')).toMatch(
    /AgeMem, paid for the answer alone\..*<button[^>]*>Back to the bundled policy/,
  );
  expect(shipped('engine:site/long')).toBe('Trained with long-term tools alone');
  expect(note('engine:site/long')).toContain('AgeMem, long-term tools alone.');
});

test('of AgeMem’s own adapter, and of models nobody knows, nothing is said', () => {
  for (const id of ['bundled', 'transformers:other']) {
    expect(shipped(id)).toBe('Shipped adapter');
    expect(note(id)).toBe('');
  }
  expect(sayEach(adaptersOf(null)).shipped).toBe('Shipped adapter');
});
