import { describe, expect, it } from 'vitest';
import { RolloutError } from '../agent/run-episodes';
import {
  DeviceLostError,
  DeviceMemoryError,
  DeviceUnavailableError,
  EngineError,
  ModelFileError,
  NonFiniteError,
  UnsupportedModelError,
} from '../engine/errors';
import { TrainingStateError } from '../engine/model/trainable';
import { SnapshotError, VectorError } from '../memory/errors';
import { PromptTooLongError } from '../policies/engine-policy';
import { TrainingConfigError } from '../rl/presets';
import { RolloutsAbortedError } from '../rl/rollouts';
import { TrainerStateError, TrainingAbortedError } from '../rl/trainer';
import {
  CheckpointError,
  StorageBlockedError,
  StorageClosedError,
  StorageFullError,
  StorageUnavailableError,
  StorageVersionError,
} from '../storage/errors';
import { LabRefusal, toLabError } from './lab-errors';

const OF_THE_ROOMS = [
  DeviceLostError,
  DeviceMemoryError,
  DeviceUnavailableError,
  ModelFileError,
  UnsupportedModelError,
  NonFiniteError,
  StorageFullError,
  StorageUnavailableError,
  StorageBlockedError,
  StorageVersionError,
  StorageClosedError,
  CheckpointError,
  TrainingStateError,
];

describe('errors as the page shows them', () => {
  it.each(OF_THE_ROOMS.map((kind) => [kind.name, kind] as const))(
    '%s: its own code and words, and what to do about it',
    (_, kind) => {
      const shown = toLabError(new kind('the-code', 'What happened.'));
      expect(shown).toMatchObject({ code: 'the-code', message: 'What happened.' });
      expect(shown.whatToDo).not.toBe('Reload the page and try again.');
      expect(shown.whatToDo).toMatch(/\.$/);
    },
  );

  it('goes by the class of an error and not by its name, which a built site shortens', () => {
    const error = new DeviceLostError('device-lost', 'Gone.');
    error.name = 'a';
    expect(toLabError(error).whatToDo).toMatch(/last checkpoint/);
  });

  it('an engine or memory error without advice of its own gets a general one', () => {
    for (const error of [
      new EngineError('x', 'Odd.'),
      new VectorError('vector-length', 'Too long.'),
      new SnapshotError('snapshot-damaged', 'Cut short.'),
    ]) {
      expect(toLabError(error)).toEqual({
        code: error.code,
        message: error.message,
        whatToDo: 'Reload the page and try again.',
      });
    }
  });

  it('a state that fits no run here gets the advice of a checkpoint', () => {
    const { whatToDo } = toLabError(new CheckpointError('x', 'Damaged.'));
    expect(toLabError(new TrainingStateError('state-length', 'Of another model.'))).toEqual({
      code: 'state-length',
      message: 'Of another model.',
      whatToDo,
    });
    expect(toLabError(new TrainerStateError('Of another run.'))).toEqual({
      code: 'TrainerStateError',
      message: 'Of another run.',
      whatToDo,
    });
  });

  it('what the user stopped is no failure', () => {
    expect(toLabError(new TrainingAbortedError()).code).toBe('cancelled');
    expect(toLabError(new RolloutsAbortedError()).code).toBe('cancelled');
  });

  it('settings and prompts name what to change', () => {
    expect(toLabError(new TrainingConfigError('lr', 'must be positive'))).toMatchObject({
      code: 'TrainingConfigError',
      message: expect.stringContaining('"lr"'),
    });
    expect(toLabError(new PromptTooLongError(300, 320)).message).toMatch(/300/);
  });

  it('a refusal is passed on as it is', () => {
    const refusal = new LabRefusal('busy', 'Busy.', 'Wait.');
    expect(toLabError(refusal)).toEqual({ code: 'busy', message: 'Busy.', whatToDo: 'Wait.' });
  });

  it('an error around another says what the inner one says', () => {
    const full = new StorageFullError('storage-full', 'No room.');
    expect(toLabError(new RolloutError([], full))).toEqual(toLabError(full));
    expect(toLabError(new Error('outer', { cause: new Error('middle', { cause: full }) }))).toEqual(
      toLabError(full),
    );
    expect(toLabError(new Error('outer', { cause: new Error('nothing known') }))).toMatchObject({
      code: 'unexpected',
      message: 'Error: outer',
    });
  });

  it('anything at all becomes words', () => {
    for (const thrown of ['a string', undefined, null, 7, { a: 1 }, new TypeError('x is not a function')]) {
      const shown = toLabError(thrown);
      expect(shown.code).toBe('unexpected');
      expect(typeof shown.message).toBe('string');
      expect(shown.whatToDo).toMatch(/report/);
    }
  });
});
