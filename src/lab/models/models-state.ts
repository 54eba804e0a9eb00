/** The state of the model page and how it changes; pure. What acts and what is loaded is the lab's own state. */
import type { ModelShelf } from '../../worker/models-protocol';
import type { LabError } from '../../worker/protocol';
import type { PickedFolder } from './picked-folder';
import { tidings } from './tidings';

/** Where something is done and its error is shown: a part of the page, or the card of a model by its id. */
export type Place = 'list' | 'hub' | 'folder' | 'setup' | `model ${string}`;

export const placeOf = (id: string): Place => `model ${id}`;

export interface ModelsState {
  /** Null until the worker has answered. */
  readonly shelf: ModelShelf | null;
  /** Places that wait for an answer. */
  readonly waiting: ReadonlySet<Place>;
  readonly troubles: ReadonlyMap<Place, LabError>;
  /** A folder that was picked or dropped and not added yet. */
  readonly picked: PickedFolder | null;
  /** A model that came into the list just now, to be looked at. */
  readonly fresh: string | null;
  /** The newest of what happened, for those who do not see the list; empty: nothing yet. */
  readonly tidings: string;
}

export const INITIAL: ModelsState = {
  shelf: null,
  waiting: new Set(),
  troubles: new Map(),
  picked: null,
  fresh: null,
  tidings: '',
};

export type ModelsChange =
  | { readonly type: 'shelf'; readonly shelf: ModelShelf }
  | { readonly type: 'asked'; readonly place: Place }
  | { readonly type: 'answered'; readonly place: Place; readonly error: LabError | null }
  | { readonly type: 'read'; readonly place: Place }
  | { readonly type: 'picked'; readonly folder: PickedFolder | null }
  | { readonly type: 'fresh'; readonly id: string | null };

export function changeModels(state: ModelsState, by: ModelsChange): ModelsState {
  switch (by.type) {
    case 'shelf':
      return { ...state, shelf: by.shelf, tidings: tidings(state.shelf, by.shelf) ?? state.tidings };
    case 'asked':
      return {
        ...state,
        waiting: new Set([...state.waiting, by.place]),
        troubles: without(state.troubles, by.place),
      };
    case 'answered': {
      const waiting = new Set([...state.waiting].filter((place) => place !== by.place));
      const troubles = by.error ? new Map([...state.troubles, [by.place, by.error]]) : state.troubles;
      return { ...state, waiting, troubles };
    }
    case 'read':
      return { ...state, troubles: without(state.troubles, by.place) };
    case 'picked':
      return { ...state, picked: by.folder, troubles: without(state.troubles, 'folder') };
    case 'fresh':
      return { ...state, fresh: by.id };
  }
}

function without(troubles: ModelsState['troubles'], place: Place): ModelsState['troubles'] {
  return new Map([...troubles].filter(([one]) => one !== place));
}

/** Which model an answer has brought into the list; null if none is new. */
export function newcomer(before: ModelShelf | null, after: ModelShelf): string | null {
  const known = new Set(before?.models.map(({ id }) => id));
  return after.models.find(({ id }) => !known.has(id))?.id ?? null;
}
