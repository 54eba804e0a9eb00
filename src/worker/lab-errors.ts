/**
 * Errors as the page shows them: a stable code, what happened, and what to do about it. Errors of the rooms
 * below carry words already; this adds the next step where the words do not.
 */
import { QuestionsAbortedError } from '../agent/questions';
import {
  DeviceLostError,
  DeviceMemoryError,
  DeviceUnavailableError,
  EngineError,
  FastPathChoiceError,
  ModelFileError,
  NonFiniteError,
  UnsupportedModelError,
} from '../engine/errors';
import { BaseMismatchError } from '../engine/model/base-fingerprint';
import { TrainingStateError } from '../engine/model/trainable';
import { HubError } from '../hub/errors';
import { EncoderError } from '../memory/embedders/encoder/encoder-errors';
import { ReembeddingStoppedError } from '../memory/embedders/reembedding';
import {
  EmbedderMismatchError,
  EmbedderUnavailableError,
  MemoryArgumentError,
  MemoryChangedError,
  MemoryError,
  UnknownMemoryError,
  UnknownNamespaceError,
} from '../memory/errors';
import { ExportError, ImportChangedError, ImportFileError } from '../memory/exchange/errors';
import { UnknownMomentError } from '../memory/history/past';
import { UndoError } from '../memory/history/undo';
import { HostUnreachableError, NetworkError } from '../network/errors';
import { PromptTooLongError } from '../policies/engine-policy';
import { ProviderError } from '../policies/provider-errors';
import { TrainingConfigError } from '../rl/presets';
import { RolloutsAbortedError } from '../rl/rollouts';
import { TrainerStateError, TrainingAbortedError } from '../rl/trainer';
import {
  CheckpointError,
  StorageBlockedError,
  StorageClosedError,
  StorageError,
  StorageFullError,
  StorageUnavailableError,
  StorageVersionError,
} from '../storage/errors';
import type { LabError } from './protocol';

/** A call the worker cannot serve now or ever; thrown by handlers. */
export class LabRefusal extends Error {
  override readonly name = 'LabRefusal';
  constructor(
    readonly code: string,
    message: string,
    readonly whatToDo: string,
  ) {
    super(message);
  }
}

const ABOUT_CHECKPOINTS = 'Start training anew, or delete the checkpoint.';

/** By class and not by name: a built site has other names for classes. */
const NEXT_STEPS: readonly (readonly [new (...args: never[]) => Error, string])[] = [
  [
    DeviceLostError,
    'Reload the page; training goes on from its last checkpoint. If it happens again, open the page with ?backend=wasm.',
  ],
  [DeviceMemoryError, 'Close other tabs, or train with fewer tasks or rollouts.'],
  [DeviceUnavailableError, 'Open the page without ?backend=, so that it chooses one that works here.'],
  [FastPathChoiceError, 'The lab computes as if the address did not name it.'],
  [BaseMismatchError, 'Start training anew, or put back the model it belongs to.'],
  [ModelFileError, 'Reload the page. If it happens again, the site is not whole: build and publish it anew.'],
  [UnsupportedModelError, 'Choose a model whose layout is qwen2, qwen3 or llama.'],
  [
    NonFiniteError,
    'Start training anew with a smaller learning rate; the weights are as they were before the step.',
  ],
  [
    StorageFullError,
    'Free some space for this browser, or delete entries and checkpoints here, then try again.',
  ],
  [
    StorageUnavailableError,
    'Leave private browsing, or allow this site to keep data; without it nothing outlives the tab.',
  ],
  [StorageBlockedError, 'Close the other tabs of this page, then reload.'],
  [StorageVersionError, 'Reload the page to get its newest version.'],
  [StorageClosedError, 'Reload the page.'],
  [
    HostUnreachableError,
    'Check the connection, then go on: what was fetched is kept. A folder on this machine works too.',
  ],
  [NetworkError, 'Nothing was sent. Choose a folder on this machine instead.'],
  [UndoError, 'Nothing was changed. The journal shows every act, and every moment can be restored.'],
  [UnknownMomentError, 'Choose a moment that the journal shows.'],
  [UnknownMemoryError, 'Look at the list again; it may have been changed elsewhere.'],
  [UnknownNamespaceError, 'Choose another memory.'],
  [MemoryChangedError, 'Nothing was changed. Look at it again, then repeat.'],
  [ImportFileError, 'Nothing was imported. Choose another file, or mend this one.'],
  [ImportChangedError, 'Nothing was imported. Look at the preview again.'],
  [ExportError, 'Choose another format.'],
  [MemoryArgumentError, 'Change it and try again.'],
  [EmbedderMismatchError, 'Choose the embedder it was written with, or embed its entries anew.'],
  [EmbedderUnavailableError, 'Choose an embedder on the memory page and embed the entries anew with it.'],
  [EncoderError, 'Nothing was changed: the memory is searched as before.'],
  [ReembeddingStoppedError, 'Start it again when you like.'],
  [CheckpointError, ABOUT_CHECKPOINTS],
  [TrainingStateError, ABOUT_CHECKPOINTS],
];

export function toLabError(error: unknown): LabError {
  if (error instanceof LabRefusal || error instanceof ProviderError || error instanceof HubError) {
    return { code: error.code, message: error.message, whatToDo: error.whatToDo };
  }
  if (
    error instanceof TrainingAbortedError ||
    error instanceof RolloutsAbortedError ||
    error instanceof QuestionsAbortedError
  ) {
    return { code: 'cancelled', message: error.message, whatToDo: 'Start it again when you like.' };
  }
  if (error instanceof TrainingConfigError || error instanceof PromptTooLongError) {
    return { code: error.name, message: error.message, whatToDo: 'Change the setting and try again.' };
  }
  if (error instanceof TrainerStateError) {
    return { code: 'TrainerStateError', message: error.message, whatToDo: ABOUT_CHECKPOINTS };
  }
  if (
    error instanceof EngineError ||
    error instanceof MemoryError ||
    error instanceof StorageError ||
    error instanceof NetworkError
  ) {
    return {
      code: error.code,
      message: error.message,
      whatToDo: NEXT_STEPS.find(([kind]) => error instanceof kind)?.[1] ?? 'Reload the page and try again.',
    };
  }
  const cause = error instanceof Error && error.cause instanceof Error ? toLabError(error.cause) : null;
  if (cause && cause.code !== 'unexpected') return cause;
  return {
    code: 'unexpected',
    message: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    whatToDo:
      'Reload the page. If it happens again, report it with the address of the page: it holds the seed.',
  };
}
