/** What holds for every baseline, whatever it is told. */
import { expect, test } from 'vitest';
import { createRandom } from '../tasks/random';
import { BY_RULE, byModel, embedder, saying } from './baselines.fixture';
import { costOf } from './controller';
import { BASELINE_IDS, BASELINES } from './methods';

const PIECES = [
  ...[
    'Mira',
    'Tom',
    'the red box',
    'Oslo',
    '7 March',
    'tea',
    ' lives in ',
    ' is ',
    ' no longer ',
    ' not ',
    ' but ',
  ],
  ...[
    "'s boss",
    ' of ',
    'Correction: ',
    'In a novel, ',
    '. ',
    '? ',
    '\n',
    '',
    '猫は',
    '\u0000',
    '\ud800',
    '{"',
    '}',
    ' ',
  ],
];

function messages(seed: number): readonly string[] {
  const random = createRandom('baseline-text', seed);
  return Array.from({ length: 6 }, () =>
    Array.from({ length: random.int(8) }, () => random.pick(PIECES)).join(''),
  );
}

test.each(BASELINE_IDS)('%s: no text is too much for it, and it is the same each time', async (id) => {
  for (let seed = 0; seed < 60; seed++) {
    const runs = [];
    for (let run = 0; run < 2; run++) {
      const controller = BASELINES[id](BY_RULE);
      const traces = [];
      for (const message of messages(seed)) traces.push(await controller.write(message));
      if (controller.endOfStage) traces.push(await controller.endOfStage());
      const read = await controller.read(messages(seed + 1).join(' '));
      const view = controller.view();
      // What changed is told: ids in the traces are those of the view, and the view is made of what was told.
      const added = traces
        .flatMap(({ operations }) => operations)
        .filter(({ kind }) => kind === 'ADD').length;
      expect(view.entries.length + (view.graph?.edges.length ?? 0)).toBeLessThanOrEqual(added);
      expect(view.history).toEqual(traces.flatMap(({ operations }) => operations));
      runs.push({ traces, read, view });
    }
    expect(runs[1]).toEqual(runs[0]);
    expect(JSON.parse(JSON.stringify(runs[0]))).toEqual(runs[0]);
  }
});

test.each(BASELINE_IDS)(
  '%s: a model that writes garbage is no worse than the rule, and is counted',
  async (id) => {
    const { policy, asked } = saying('Certainly! I have stored it.');
    const byRule = BASELINES[id](BY_RULE);
    const garbled = BASELINES[id]({ embedder, caller: byModel(policy) });
    const traces = [];
    for (const message of ['Mira lives in Rome.', 'Good morning!', 'Mira has moved to Oslo.']) {
      await byRule.write(message);
      traces.push(await garbled.write(message));
    }
    const read = await garbled.read('Where does Mira live?');
    await byRule.read('Where does Mira live?');
    expect(garbled.view()).toEqual(byRule.view());
    const cost = costOf([...traces, read]);
    // Two tries a call, none of them of use.
    expect(cost.calls).toBe(asked.length);
    expect(cost.failures).toBe(asked.length);
    expect([...traces, read].flatMap(({ calls }) => calls).every(({ by }) => by === 'rule')).toBe(true);
  },
);
