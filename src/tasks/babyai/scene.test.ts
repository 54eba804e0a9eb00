/** The reader of observations, on every text that AgentBoard's wrapper is known to have printed. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { linesOf, recordsOf } from '../records.fixture';
import type { RecordedText } from './recorded.fixture';
import { sceneIn } from './scene';

const records = recordsOf('babyai');
const fixture = () => readFileSync(new URL('./fixtures/text.jsonl', import.meta.url), 'utf8');

const FORM =
  /^(In front of you in this room, you can see several objects: |You cannot see any objects within sight\.)The room has walls around you\. (You are facing a (wall|box) \d+ steps away\. )?You are (not carrying anything|carrying a \w+ \w+)\.(\n The task is completed\.)?$/;
/** Of actions that name a thing. */
const NAMES = /^(?:pickup|(?:toggle and )?go (?:to|through)) (.*\d)$/;

/** Reads every text; returns how many moments and other answers there were. */
function readBack(file: string) {
  const episodes = linesOf<RecordedText>(file);
  let moments = 0;
  let others = 0;
  const read = (text: string, actions: RecordedText['actions']): void => {
    const scene = sceneIn(text);
    if (!scene) {
      expect(text).toMatch(/^(You |No change|The action is not recognized|There is a barrier)/);
      others++;
      return;
    }
    moments++;
    expect(text.replace(/There is a [^.]*\. {2}/g, '')).toMatch(FORM);
    expect(scene.things.length).toBe(text.split('There is a ').length - 1);
    expect(scene.carrying === null).toBe(text.includes('You are not carrying anything.'));
    expect('drop' in actions && scene.carrying === null).toBe(false);
    const labels = scene.things.map(({ label }) => label);
    for (const action of Object.keys(actions)) {
      const name = NAMES.exec(action)?.[1];
      if (name !== undefined) expect(labels, text).toContain(name);
    }
  };
  for (const { initial, actions, steps } of episodes) {
    read(initial, actions);
    for (const [, observation, , , , after] of steps) read(observation, after);
  }
  return { episodes: episodes.length, moments, others };
}

describe('sceneIn', () => {
  it('reads the texts in fixtures', () => {
    expect(readBack(fixture())).toEqual({ episodes: 4, moments: 34, others: 20 });
  });

  it.skipIf(!records.there)('reads all 48 recorded text episodes, those without a recorded grid too', () => {
    expect(readBack(records.text('text.jsonl'))).toEqual({ episodes: 48, moments: 276, others: 331 });
  });

  it('knows what is where', () => {
    expect(
      sceneIn(
        'In front of you in this room, you can see several objects: There is a blue locked door 2 right in front of ' +
          'you 3 steps away.  There is a grey key 1 0 steps in front of you and 2 steps to your left.  The room has ' +
          'walls around you. You are facing a box 2 steps away. You are carrying a red ball.',
      ),
    ).toEqual({
      things: [
        { label: 'blue locked door 2', type: 'door', colour: 'blue', state: 'locked', ahead: 3, right: 0 },
        { label: 'grey key 1', type: 'key', colour: 'grey', state: null, ahead: 0, right: -2 },
      ],
      carrying: { colour: 'red', type: 'ball' },
      barrier: 2,
    });
  });
});
