import { describe, expect, it } from 'vitest';
import { containsPhrase } from '../tasks/phrase';
import type { Fact } from '../tasks/task';
import { statementsIn } from './matching';

function fact(subject: string, relation: string, value: string, superseded: readonly string[] = []): Fact {
  return { id: `${subject}/${relation}`, subject, relation, value, superseded, worthKeeping: true };
}

const LIVES = fact('Mira', 'lives in', 'Oslo', ['Rome']);

describe('statementsIn', () => {
  it.each([
    ['Mira lives in Oslo', [1, 0]],
    ["Oslo is MIRA's new home.", [1, 0]],
    ['mira\n  oslo', [1, 0]],
    ['Mira lives in Rome', [0, 1]],
    ['Mira moved from Rome to Oslo', [1, 1]],
    ['Miranda lives in Oslo', [0, 0]],
    ['Mira likes Oslovians', [0, 0]],
    ['Somebody lives in Oslo', [0, 0]],
    ['Mira is a nurse', [0, 0]],
    ['', [0, 0]],
  ])('%j states %j (current, stale)', (text, expected) => {
    const { current, stale } = statementsIn(text, [LIVES]);
    expect([current.length, stale.length]).toEqual(expected);
  });

  it('finds no old value inside the current one', () => {
    const york = fact('Tom', 'lives in', 'New York City', ['New York', 'York']);
    expect(statementsIn('Tom lives in New York City', [york])).toEqual({ current: [york], stale: [] });
    expect(statementsIn('Tom left New York for New York City', [york]).stale).toEqual([york]);
    expect(statementsIn('Tom lives in New York', [york])).toEqual({ current: [], stale: [york] });
  });

  it('takes a value that is right for one fact for no stale one of another', () => {
    const works = fact('Mira', 'works in', 'Bergen', ['Oslo']);
    expect(statementsIn('Mira lives in Oslo', [LIVES, works])).toEqual({ current: [LIVES], stale: [] });
    expect(statementsIn('Mira works in Oslo', [works]).stale).toEqual([works]);
  });

  it('reads other scripts and Unicode forms', () => {
    const zoe = fact('Zoë', 'mag', 'Käse');
    expect(statementsIn('zoe\u0308 mag KA\u0308SE', [zoe]).current).toEqual([zoe]);
    expect(statementsIn('Zoëlla mag Käse', [zoe]).current).toEqual([]);
    const chinese = fact('米拉', '住在', '奥斯陆', ['罗马']);
    expect(statementsIn('米拉住在奥斯陆。', [chinese])).toEqual({ current: [chinese], stale: [] });
    expect(statementsIn('米拉住在罗马', [chinese]).stale).toEqual([chinese]);
    const mixed = fact('Mira', '住在', 'Oslo');
    expect(statementsIn('现在Mira住在Oslo市', [mixed]).current).toEqual([mixed]);
    const thai = fact('มิรา', 'อยู่ที่', 'ออสโล');
    expect(statementsIn('มิราอยู่ที่ออสโล', [thai]).current).toEqual([thai]);
    const greek = fact('Νίκος', 'μένει', 'Αθήνα');
    expect(statementsIn('ΝΊΚΟΣ: ΑΘΉΝΑ', [greek]).current).toHaveLength(1);
  });

  it('lets free text be reworded, and nothing shorter', () => {
    const plan = fact('Mira', 'wants to', 'write a long novel about the sea and its birds');
    expect(
      statementsIn('Mira wants to write a novel about the sea and its birds', [plan]).current,
    ).toHaveLength(1);
    expect(statementsIn('Mira wants to write', [plan]).current).toEqual([]);
    expect(statementsIn('Mira lives somewhere in Oslovia', [LIVES]).current).toEqual([]);
  });
});

describe('containsPhrase', () => {
  it('wants whole words, and finds nothing in an empty phrase', () => {
    expect(containsPhrase('It was 15 July.', '15 july')).toBe(true);
    expect(containsPhrase('It was 115 July.', '15 July')).toBe(false);
    expect(containsPhrase('Mira2', 'Mira')).toBe(false);
    expect(containsPhrase('anything', '')).toBe(false);
  });
});
