import { expect, test } from 'vitest';
import { recordEpisode } from '../episode/recorded.fixture';
import { branchParting, lastStep, partingWords } from './branch-parting';

const { log } = await recordEpisode({ seed: 3, perfect: true });
const last = lastStep(log);

test('the same log does not part', () => {
  expect(branchParting(log, log)).toBeNull();
});

test('a step that writes something else is where they part', () => {
  const at = log.findIndex(({ type, step }) => type === 'completion' && step === 2);
  const other = log.map((event) => {
    if (event.step !== 2) return event;
    if (event.type === 'completion') return { ...event, text: '<think></think><answer>no</answer>' };
    return event.type === 'parsed' ? { ...event, action: { kind: 'answer', text: 'no' } as const } : event;
  }) as typeof log;
  const parting = branchParting(log, other);
  expect(parting).toEqual({ seq: at, written: true, step: 2, doing: 2 });
  expect(parting && partingWords(parting)).toBe(`They part at event ${at + 1}, in step 2.`);
});

test('a change by hand stands before the step to come; what is done may part later, or not at all', () => {
  // An entry is taken out after step 1, so that every later event is one place further.
  const cut = log.findLastIndex(({ step }) => step === 1) + 1;
  const added = log.find((event) => event.type === 'tool-called' && event.outcome.ok);
  if (added?.type !== 'tool-called' || !added.outcome.ok) throw new Error('nothing was stored');
  const { stage } = log[cut - 1];
  const entry = { id: 'm1', content: 'gone' };
  const forgotten = { type: 'entry-forgotten', entry, seq: cut, step: 1, stage };
  const edited = [
    ...log.slice(0, cut),
    forgotten,
    ...log.slice(cut).map((event) => ({ ...event, seq: event.seq + 1 })),
  ] as unknown as typeof log;
  const same = branchParting(log, edited);
  expect(same).toEqual({ seq: cut, written: false, step: 2, doing: null });
  expect(same && partingWords(same)).toBe(
    `Changed before step 2, at event ${cut + 1}. What the policy does stays the same to the end.`,
  );
  const later = edited.map((event) =>
    event.type === 'parsed' && event.step === last
      ? { ...event, action: { kind: 'answer', text: 'no' } as const }
      : event,
  ) as typeof log;
  const parts = branchParting(log, later);
  expect(parts).toEqual({ seq: cut, written: false, step: 2, doing: last });
  expect(parts && partingWords(parts)).toContain(`What the policy does parts in step ${last}.`);
});
