import { ModelFileError } from '../engine/errors';

/** Why a model cannot be listed, fetched or kept. Each says what happened and, apart from it, what to do. `code` is stable. */
export class HubError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly whatToDo: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The name or address is none of a model, or no such model, revision or file is there. */
export class UnknownModelError extends HubError {}

/** Its owner wants to be asked first, or keeps it private. */
export class GatedModelError extends HubError {}

/** No answer, or one that passes: worth another try. What was fetched is kept. */
export class HubUnreachableError extends HubError {}

/** An answer that is none of a hub's: a page, half a list, a list of something else. */
export class HubAnswerError extends HubError {}

/** Files that are there, and are of a layout that the chosen provider does not read. */
export class ModelLayoutError extends HubError {}

/** What came is not what the hub says it holds. */
export class FileDamagedError extends HubError {}

/** The browser has no room, or none at all. */
export class NoRoomError extends HubError {}

/** Somebody else, or this tab in another way, is at it. */
export class ModelBusyError extends HubError {}

/** What the engine says of a file that it cannot read, with the next step of whoever chose the model. */
export function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof ModelFileError ? asLayout(error) : error;
  }
}

export function asLayout(error: ModelFileError): ModelLayoutError {
  return new ModelLayoutError(
    error.code,
    error.message,
    'Take the whole folder of the model, as it lies on the hub, or another model.',
    { cause: error },
  );
}
