/**
 * Advantages from rewards, against the values stored in a fixtures folder: the cases of `grpo/*.json`, those
 * inside its loss cases, and the training batch of every adapter. Pure arithmetic of `rl/advantages.ts`, the
 * same for every back end. Here and not in the engine, because the engine knows nothing of rewards.
 */
import type { Fields } from '../../engine/conformance/fields';
import { FixtureFolder, type FixtureReader } from '../../engine/conformance/files';
import type { ConformanceResult } from '../../engine/conformance/results';
import { adapterFolders, modelFolders } from '../../engine/conformance/walk';
import { type AdvantageOptions, computeAdvantages, type RewardScale } from '../../rl/advantages';

const SCALES: readonly RewardScale[] = ['group', 'batch', 'none'];
/** TRL adds this to the standard deviation, Trinity-RFT the other. */
const TRL_EPS = 1e-4;
const TRINITY_EPS = 1e-6;

/** Every advantage the folder holds. @throws ModelFileError for a `tolerances.json` that cannot be read */
export async function* advantageCases(reader: FixtureReader, only = ''): AsyncGenerator<ConformanceResult> {
  const { root } = await FixtureFolder.open(reader);
  const grpo = root.folder('grpo');
  if (grpo.path.includes(only)) {
    for (const file of grpo.files().filter((name) => name.endsWith('.json'))) yield* caseFile(grpo, file);
  }
  for (const model of modelFolders(root)) {
    if (!model.path.includes(only)) continue;
    for (const folder of adapterFolders(model)) yield* adapterBatch(folder);
  }
}

async function* caseFile(folder: FixtureFolder, file: string): AsyncGenerator<ConformanceResult> {
  let json: Fields;
  let kinds: readonly (readonly [string, readonly Fields[], (one: Fields) => number])[];
  try {
    json = await folder.json(file);
    kinds = [
      ['advantages', json.objects('advantage_cases'), (one) => largest(ofCase(one), expectedOf(one))],
      ['trl', json.objects('loss_cases'), (one) => largest(ofLoss(json, one), expectedOf(one))],
      ['stepwise', json.objects('stepwise_cases'), (one) => largest(ofSteps(json, one), expectedOf(one))],
    ];
  } catch {
    // The engine's part reports a file that cannot be read.
    return;
  }
  for (const [kind, cases, error] of kinds) {
    for (const [i, one] of cases.entries()) {
      if (kind !== 'advantages' && !hasRewards(json, kind, one)) continue;
      const name = one.optionalText('name') ?? `${kind} ${i}`;
      const quantity = name.includes('large_offset')
        ? 'cases.advantages_absolute_large_offset'
        : 'cases.advantages_absolute';
      yield await folder.folder(`${kind}/${name}`).measure(quantity, () => error(one));
    }
  }
}

/** A loss case may give its advantages only. */
function hasRewards(json: Fields, kind: string, one: Fields): boolean {
  const batches = json.optionalObject(kind === 'trl' ? 'batches' : 'stepwise_batches');
  return batches?.optionalObject(one.optionalText('batch') ?? '')?.has('rewards') ?? false;
}

function expectedOf(one: Fields): readonly number[] {
  return one.object('expected').numbers('advantages');
}

function ofCase(one: Fields): readonly number[] {
  const scale = one.choice('scale_rewards', SCALES, 'group');
  return flat(one.gappyNumbers('rewards'), one.numbers('groups'), scale, one.number('eps', TRL_EPS));
}

function ofLoss(json: Fields, one: Fields): readonly number[] {
  const batch = json.object('batches').object(one.text('batch'));
  const scale = one.object('options').choice('scale_rewards', SCALES, 'group');
  return flat(batch.gappyNumbers('rewards'), batch.numbers('groups'), scale, TRL_EPS);
}

/** One row, one rollout of one step. */
function flat(
  rewards: readonly (number | null)[],
  groups: readonly number[],
  scale: RewardScale,
  eps: number,
): readonly number[] {
  const rollouts = rewards.map((reward, i) => ({ group: groups[i], reward, steps: 1 }));
  const options: AdvantageOptions = {
    mode: 'broadcast',
    scale,
    eps,
    stepNormalisation: false,
    singleton: 'zero',
  };
  return computeAdvantages(rollouts, options).rollouts;
}

/** Rows are steps; the rows of a rollout need not lie together. */
function ofSteps(json: Fields, one: Fields): readonly number[] {
  const batch = json.object('stepwise_batches').object(one.text('batch'));
  const given = one.object('options');
  const [tasks, rollouts, rewards] = [
    batch.numbers('task'),
    batch.numbers('rollout'),
    batch.gappyNumbers('rewards'),
  ];
  const order = [...new Set(rollouts)];
  const rowsOf = order.map((rollout) => [...rollouts.keys()].filter((row) => rollouts[row] === rollout));
  const { steps } = computeAdvantages(
    rowsOf.map((rows) => ({ group: tasks[rows[0]], reward: rewards[rows[0]], steps: rows.length })),
    {
      mode:
        given.choice('advantages', ['rollouts', 'experiences'], 'rollouts') === 'rollouts'
          ? 'broadcast'
          : 'experiences',
      scale: given.choice('std_level', ['group', 'batch'], 'group'),
      eps: TRINITY_EPS,
      stepNormalisation: given.flag('step_norm', false),
      singleton: 'reward',
    },
  );
  const byRow = rollouts.map(() => Number.NaN);
  rowsOf.forEach((rows, k) => {
    rows.forEach((row, step) => {
      byRow[row] = steps[k][step];
    });
  });
  return byRow;
}

/** Rewards of an adapter's training batch against the advantages stored beside them. */
async function* adapterBatch(folder: FixtureFolder): AsyncGenerator<ConformanceResult> {
  try {
    const train = await folder.json('train.json');
    const file = train.text('tensors', 'train.safetensors');
    const tensors = await folder.tensors(file);
    if (!tensors.has('advantages') || !tensors.has('rewards') || !tensors.has('groups')) return;
    const scale = train
      .optionalObject('grpo')
      ?.optionalObject('options')
      ?.choice('scale_rewards', SCALES, 'group');
    const rewards = [...tensors.floats('rewards')].map((reward) => (Number.isNaN(reward) ? null : reward));
    const own = flat(rewards, tensors.integers('groups'), scale ?? 'group', TRL_EPS);
    yield await folder.measure('cases.advantages_absolute', () => largest(own, tensors.floats('advantages')));
  } catch (cause) {
    yield folder.failed('cases.advantages_absolute', cause);
  }
}

function largest(own: ArrayLike<number>, expected: ArrayLike<number>): number {
  let error = own.length === expected.length ? 0 : Infinity;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(own[i] - expected[i]);
    error = Math.max(error, Number.isNaN(difference) ? Infinity : difference);
  }
  return error;
}
