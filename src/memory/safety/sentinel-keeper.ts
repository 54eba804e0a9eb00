/**
 * Keeps the sentinel up with the rows, for all tabs together. Each rewrite reads the file and the records anew
 * under one lock, so no tab writes over what another knew; and a memory that is lost keeps its old witness
 * until somebody restores it or accepts the loss, so it is announced by every tab and after every reload.
 *
 * A deletion is written down before it is carried out. If the tab is killed in between, what is gone was meant
 * to go.
 */
import type { Folder } from '../../storage/folder';
import type { MemoryRows, NamespaceRecord } from '../rows/rows';
import { isUpTo } from './act-replay';
import { judge } from './judge';
import { readSentinel, type SentinelState, type Witness, witnessOf, writeSentinel } from './sentinel';
import type { Tabs } from './tabs';

/**
 * What a rewrite does with a memory in place of the rule. `accept`: as it is now is how it is to be, there or
 * not. `leaving`: it is about to be deleted. `stayed`: it was not.
 */
export type Decision = 'accept' | 'leaving' | 'stayed';

export class SentinelKeeper {
  private witnesses = new Map<string, Witness>();
  /** What logs of acts tell, by memory, oldest first: they are written at once, and this file a moment later. */
  private logged: ReadonlyMap<string, readonly Witness[]> = new Map();
  private number = 0;
  /** As found when it was last read. `unreadable`: reading failed, so nothing is known and nothing may be written. */
  state: SentinelState | 'unavailable' | 'unreadable' = 'unavailable';

  constructor(
    private readonly folder: Folder | null,
    private readonly rows: MemoryRows,
    private readonly tabs: Tabs,
    private readonly isKept: (name: string) => boolean,
  ) {}

  /** As this tab last read or wrote it, or as a log knows better. */
  witness(name: string): Witness | undefined {
    return later(this.witnesses.get(name), this.logged.get(name) ?? []);
  }

  get names(): readonly string[] {
    return [...new Set([...this.witnesses.keys(), ...this.logged.keys()])];
  }

  /** It was deleted, or it is settled what it is from now on. */
  forget(name: string): void {
    this.witnesses.delete(name);
    this.forgetLogs(name);
  }

  /** There are none of it any more. */
  forgetLogs(name: string): void {
    this.logged = new Map([...this.logged].filter(([other]) => other !== name));
  }

  /** What the logs tell now. */
  hearLogs(logged: ReadonlyMap<string, readonly Witness[]>): void {
    this.logged = logged;
  }

  /** Reads what the file says now. Throws `StorageError`; then this tab knows what it knew. */
  async load(): Promise<void> {
    if (!this.folder) return;
    const read = await readSentinel(this.folder).catch((error: unknown) => {
      // Not absent: it must not be written over.
      this.state = 'unreadable';
      throw error;
    });
    this.state = read.state;
    const onDisk = new Map(read.witnesses.map((witness) => [witness.name, witness]));
    // Behind what was there before: site data were cleared under the open page. What this tab knew still counts.
    this.witnesses = read.number < this.number ? new Map([...this.witnesses, ...onDisk]) : onDisk;
    this.number = Math.max(this.number, read.number);
  }

  /** Brings the file up to date. Throws `StorageError`; then it says what it said before. */
  async rewrite(decisions: ReadonlyMap<string, Decision> = new Map()): Promise<void> {
    await this.tabs.exclusive('sentinel', async () => {
      const before = this.number;
      await this.load();
      const records = new Map((await this.rows.list()).map((record) => [record.name, record]));
      for (const [name, decision] of decisions) if (decision === 'accept') this.forgetLogs(name);
      const names = [...new Set([...this.names, ...records.keys()])].filter(this.isKept).sort();
      const next = names.flatMap((name) => {
        const witness = succession(this.witness(name), records.get(name), decisions.get(name));
        return witness ?? [];
      });
      const same = JSON.stringify(next) === JSON.stringify([...this.witnesses.values()]);
      this.witnesses = new Map(next.map((witness) => [witness.name, witness]));
      if (!this.folder || (same && this.state === 'kept' && this.number >= before)) return;
      ({ number: this.number, state: this.state } = await writeSentinel(this.folder, next));
    });
  }
}

/** The sentinel decides which incarnation it is about, and what is being deleted; a log may know more of it. */
function later(witness: Witness | undefined, logged: readonly Witness[]): Witness | undefined {
  if (!witness) return logged[logged.length - 1];
  const log = logged.find(({ incarnation }) => incarnation === witness.incarnation);
  return log && !witness.leaving && isUpTo(witness, log) ? log : witness;
}

/** The witness that follows another one, now that the record is as it is; undefined: none is needed. */
export function succession(
  witness: Witness | undefined,
  record: NamespaceRecord | undefined,
  decision?: Decision,
): Witness | undefined {
  if (decision === 'accept') return record && witnessOf(record);
  if (decision === 'leaving')
    return witness ? { ...witness, leaving: true } : record && witnessOf(record, true);
  if (!record) return witness?.leaving ? undefined : witness;
  const current = decision === 'stayed' && witness ? { ...witness, leaving: false } : witness;
  // Under the same incarnation it has not gone yet.
  if (current?.leaving && current.incarnation === record.incarnation) return witnessOf(record, true);
  const { name } = record;
  const verdict = judge({ name, sentinel: 'kept', witness: current, record, stored: undefined });
  return verdict?.state === 'whole' ? witnessOf(record) : current;
}
