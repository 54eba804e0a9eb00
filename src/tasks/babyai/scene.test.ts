/** The reader of observations, on every text that AgentBoard's wrapper is known to have printed. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { RecordedText } from './recorded.fixture';
import { sceneIn } from './scene';

const place = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const ALL = place('../../../../shared/benchdata/babyai/text.jsonl');
const SOME = place('./fixtures/text.jsonl');
const here = existsSync(ALL);

const FORM =
  /^(In front of you in this room, you can see several objects: |You cannot see any objects within sight\.)The room has walls around you\. (You are facing a (wall|box) \d+ steps away\. )?You are (not carrying anything|carrying a \w+ \w+)\.(\n The task is completed\.)?$/;
/** Of actions that name a thing. */
const NAMES = /^(?:pickup|(?:toggle and )?go (?:to|through)) (.*\d)$/;

/** Reads every text; returns how many moments and other answers there were. */
function readBack(path: string) {
  const records = readFileSync(path, 'utf8').split('\n').filter(Boolean);
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
  for (const line of records) {
    const { initial, actions, steps } = JSON.parse(line) as RecordedText;
    read(initial, actions);
    for (const [, observation, , , , after] of steps) read(observation, after);
  }
  return { episodes: records.length, moments, others };
}

describe('sceneIn', () => {
  it('reads the texts in fixtures', () => {
    expect(readBack(SOME)).toEqual({ episodes: 4, moments: 34, others: 20 });
  });

  it.skipIf(!here)('reads all 48 recorded text episodes, those without a recorded grid too', () => {
    expect(readBack(ALL)).toEqual({ episodes: 48, moments: 276, others: 331 });
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
