/**
 * The state of the memory page and the ways in which the worker's answers get into it: each part asked for on its
 * own, the newest answer winning; changes one at a time, told when done and told when they fail.
 */
import type { MemoryHome, NamespaceView, StorageUse } from '../../worker/memory-protocol';
import { phrase, say } from '../language/language';
import type { MemoryArgs, MemoryCallName, MemoryLine, MemoryResult } from '../state/memory-line';
import { labErrorOf } from '../state/worker-client';
import { newest } from './loaded';
import {
  changeMemory,
  INITIAL,
  type MemoryChange,
  type MemoryState,
  type PartName,
  type Parts,
} from './memory-state';

const WHAT_TO_DO = phrase('Try again, or reload the page.');

export class MemoryStore {
  private current: MemoryState = INITIAL;
  private readonly listeners = new Set<() => void>();
  /** Of each part, how often it was asked for: only the answer to the last is shown. */
  private readonly tickets = new Map<PartName, number>();
  /** Brings what the tab on view shows up to date; set by the controller. */
  follow: () => Promise<void> = async () => undefined;

  constructor(readonly line: MemoryLine) {}

  readonly state = (): MemoryState => this.current;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  apply(by: MemoryChange): void {
    this.current = changeMemory(this.current, by);
    for (const listener of this.listeners) listener();
  }

  /** A call about the memory on view. */
  ofThis<Name extends MemoryCallName>(
    name: Name,
    args: Omit<MemoryArgs<Name>, 'name'>,
  ): Promise<MemoryResult<Name>> {
    return this.line.call(name, { name: this.current.name ?? '', ...args } as MemoryArgs<Name>);
  }

  async load<Part extends PartName>(part: Part, ask: () => Promise<Parts[Part]>): Promise<void> {
    const ticket = this.drop(part);
    this.apply({ type: 'loading', part });
    try {
      const value = await ask();
      // The type of a part and of its value go together, which a union over all parts cannot say.
      if (this.tickets.get(part) === ticket) this.apply({ type: 'loaded', part, value } as MemoryChange);
    } catch (error) {
      if (this.tickets.get(part) !== ticket) return;
      this.apply({ type: 'failed', part, error: labErrorOf(error, say(WHAT_TO_DO)) });
    }
  }

  /** Answers under way to this part are of no use any more. */
  drop(part: PartName): number {
    const ticket = (this.tickets.get(part) ?? 0) + 1;
    this.tickets.set(part, ticket);
    return ticket;
  }

  /** To no part but `home`, which is about all memories. */
  dropAll(): void {
    for (const part of this.tickets.keys()) if (part !== 'home') this.drop(part);
  }

  /** One thing at a time; false if another is under way, or if it failed and was told. */
  async during(doing: string, work: () => Promise<void>): Promise<boolean> {
    if (this.current.busy !== null) return false;
    this.apply({ type: 'busy', words: doing });
    this.apply({ type: 'trouble', error: null });
    try {
      await work();
      return true;
    } catch (error) {
      this.report(error);
      return false;
    } finally {
      this.apply({ type: 'busy', words: null });
    }
  }

  /** A call that changes the memory on view and answers with it; then everything on view follows. */
  async changing(doing: string, done: string, call: () => Promise<NamespaceView>): Promise<boolean> {
    const { name } = this.current;
    const before = newest(this.current.parts.view)?.facts.journal ?? 0;
    return this.during(doing, async () => {
      const view = await call();
      if (this.current.name !== name) return;
      this.drop('view');
      this.apply({ type: 'loaded', part: 'view', value: view });
      const [last] = await this.ofThis('readJournal', { before: null, limit: 1, id: null });
      const ours = last && last.seq > before && last.by.kind === 'user' && last.act.kind !== 'erase';
      this.apply({ type: 'said', said: { words: done, undo: ours ? last.act.id : null } });
      void this.follow();
    });
  }

  /** A call about memories as wholes, which answers with all of them. */
  async keeping(doing: string, done: string, call: () => Promise<MemoryHome>): Promise<boolean> {
    return this.during(doing, async () => {
      const home = await call();
      this.drop('home');
      this.apply({ type: 'loaded', part: 'home', value: home });
      this.tell(done);
    });
  }

  storage(storage: StorageUse): void {
    const home = newest(this.current.parts.home);
    if (home) this.apply({ type: 'loaded', part: 'home', value: { ...home, storage } });
  }

  /** What was done, in the words of the language on view. */
  tell(words: string): void {
    this.apply({ type: 'said', said: { words, undo: null } });
  }

  report(error: unknown): void {
    this.apply({ type: 'trouble', error: labErrorOf(error, say(WHAT_TO_DO)) });
  }
}
