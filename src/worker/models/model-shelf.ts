/**
 * The list of models as it stands: those that are offered, those that were added, what of each is in this browser. What
 * is kept is read from the store, whose notes say what each model is; so the list outlives the visit without a file of
 * its own, and two tabs see the same.
 */
import type { ModelStore } from '../../engine/model/model-store';
import { isModelEntry, type ModelEntry, totalBytes } from '../../hub/model-entry';
import type { ModelAbilities, ModelState, OfferedModel } from '../models-protocol';
import type { LabError } from '../protocol';
import { type DeviceFacts, lacksOf, needOf } from './model-needs';

export interface Shelved {
  readonly entry: ModelEntry;
  readonly state: ModelState;
  /** Of a folder that is used and not kept. */
  readonly picked?: ReadonlyMap<string, File>;
}

const CAN: Readonly<Record<ModelEntry['provider'], ModelAbilities>> = {
  engine: { act: true, logprobs: true, train: true, constrain: true },
  transformers: { act: true, logprobs: true, train: false, constrain: true },
  'web-llm': { act: true, logprobs: true, train: false, constrain: true },
};

export class ModelShelf {
  private readonly models = new Map<string, Shelved>();
  /** Why a download stopped, until it goes on. */
  private readonly troubles = new Map<string, LabError>();
  /** Of what nobody knows any more: folders whose notes are lost. */
  private strayBytes = 0;

  constructor(private readonly offered: readonly ModelEntry[]) {
    for (const entry of offered) this.models.set(entry.id, { entry, state: initial(entry) });
  }

  find(id: string): Shelved | undefined {
    return this.models.get(id);
  }

  set(entry: ModelEntry, state: ModelState, picked?: ReadonlyMap<string, File>): void {
    this.models.set(entry.id, { entry, state, ...(picked && { picked }) });
  }

  trouble(id: string, error: LabError | null): void {
    if (error) this.troubles.set(id, error);
    else this.troubles.delete(id);
  }

  /** Reads the store again. What is under way in this tab stays as it is. */
  async read(store: ModelStore): Promise<void> {
    const kept = await store.list();
    const seen = new Set<string>();
    this.strayBytes = 0;
    for (const { name: id, notes, storedBytes, bytes, complete } of kept) {
      const offered = this.offered.find((entry) => entry.id === id);
      const entry = isModelEntry(notes) && notes.id === id ? notes : offered;
      if (!entry) {
        this.strayBytes += storedBytes;
        continue;
      }
      seen.add(id);
      if (this.models.get(id)?.state.kind === 'downloading') continue;
      const total = Math.max(bytes, entry.files ? totalBytes(entry.files) : 0, storedBytes);
      const partial = { kind: 'partial', storedBytes, totalBytes: total } as const;
      const state: ModelState = complete
        ? { kind: 'kept', storedBytes }
        : storedBytes > 0 || this.troubles.has(id)
          ? { ...partial, trouble: this.troubles.get(id) ?? null }
          : initial(entry);
      // What is offered may be said anew by a later version; what was fetched is what was noted.
      const offeredNow = offered && !complete && storedBytes === 0 ? offered : entry;
      this.models.set(id, { entry: offeredNow, state });
    }
    for (const [id, { entry, state, picked }] of this.models) {
      if (seen.has(id) || picked || state.kind === 'downloading') continue;
      const offered = this.offered.find((one) => one.id === id);
      const trouble = this.troubles.get(id);
      if (!offered) this.models.delete(id);
      else if (trouble) {
        const nothing = { kind: 'partial', storedBytes: 0, totalBytes: 0, trouble } as const;
        this.models.set(id, { entry: { ...entry, offered: true }, state: nothing });
      } else this.models.set(id, { entry: offered, state: initial(offered) });
    }
  }

  delete(id: string): void {
    this.troubles.delete(id);
    const offered = this.offered.find((one) => one.id === id);
    if (offered) this.models.set(id, { entry: offered, state: initial(offered) });
    else this.models.delete(id);
  }

  /** Of all models kept in this browser. */
  get storedBytes(): number {
    const each = [...this.models.values()].map(({ state }) =>
      'storedBytes' in state ? state.storedBytes : 0,
    );
    return each.reduce((sum, bytes) => sum + bytes, this.strayBytes);
  }

  /** As the page sees it. @param hosts that are asked for what is fetched */
  list(device: DeviceFacts, hosts: (entry: ModelEntry) => readonly string[]): readonly OfferedModel[] {
    return [...this.models.values()].map(({ entry, state }) => ({
      id: entry.id,
      provider: entry.provider,
      name: entry.name,
      title: entry.title,
      origin: entry.origin,
      revision: entry.revision,
      licence: entry.licence,
      parameters: entry.parameters,
      quantisation: entry.quantisation,
      downloadBytes: entry.files && entry.origin === 'hub' ? totalBytes(entry.files) : null,
      hosts: hosts(entry),
      can: CAN[entry.provider],
      need: needOf(entry, device),
      lacks: lacksOf(entry, device),
      state,
      offered: entry.offered,
    }));
  }
}

export function abilitiesOf({ provider }: ModelEntry): ModelAbilities {
  return CAN[provider];
}

function initial(entry: ModelEntry): ModelState {
  return entry.origin === 'site' ? { kind: 'here' } : { kind: 'absent' };
}
