/**
 * The log of acts: what is acknowledged and in no backup yet, kept outside the database, so that a browser which
 * empties its database takes nothing with it. An act is written here when its transaction is complete, and
 * brought to disk before anybody is told that it was carried out. So the log is never ahead of the rows; where it is,
 * the rows have gone back.
 *
 * One file for each incarnation of a memory, `acts-<incarnation>.log`, written under the lock of the memory: opened,
 * added to, flushed and closed for each act, so that tabs take turns. What others wrote since is read first. What
 * is missing, because somebody could not write it or does not write logs, is taken from the journal of the rows:
 * so after every act the file tells all that came after the backups. Backups make it short again (`trim`).
 *
 * Rows that went back and are written to again are another history: the log of the one that was lost is put by as
 * `acts-<incarnation>.1.log` until somebody restores it or accepts the loss. Bytes that cannot be read and have
 * readable ones behind them are put by as `aside-…`, and stay until the backups are deleted or something is erased for good.
 */
import { crc32 } from '../../storage/checksum';
import type { Folder } from '../../storage/folder';
import type { GrowingFile, GrowingFiles } from '../../storage/growing-file';
import type { JournalRecord } from '../journal';
import type { Durability, MemoryRows, NamespaceRecord } from '../rows/rows';
import {
  encodeFrame,
  FILE_HEADER,
  FRAME_HEADER,
  type Frame,
  frameHeader,
  isLog,
  newFileHeader,
  payloadParts,
  readFrames,
} from './act-frames';
import { isUpTo } from './act-replay';

const LOG = /^acts-.+?(?:\.(\d+))?\.log$/;
/** Names of what was put aside. */
const ASIDE = 'aside-';
/** Journal records read at once where the log has to catch up. */
const AT_ONCE = 1000;

/** A log as it lies there. */
export interface FoundLog {
  readonly file: string;
  readonly bytes: number;
  readonly name: string;
  readonly incarnation: string;
  /** Of a history that the rows have lost and gone on without. */
  readonly lost: boolean;
  readonly frames: readonly Frame[];
  /** Frames behind damage. */
  readonly beyond: readonly Frame[];
}

/** What is known of a file since it was last open here. */
interface Known {
  readonly header: string;
  readonly size: number;
  readonly last: NamespaceRecord | undefined;
}

type HistoryState = Pick<NamespaceRecord, 'revision' | 'journal'>;

export interface ActLogSetup {
  readonly files: GrowingFiles;
  /** The same files as wholes. */
  readonly folder: Folder;
  /** Not the shared ones: whoever writes here holds the lock already. */
  readonly rows: Pick<MemoryRows, 'journal'>;
  /** Up to which journal record backups vouch for this incarnation, so that its log may begin there; 0: none does. */
  readonly backedUp: (incarnation: string) => Promise<number>;
  /** Something was put by because it could not be read. */
  readonly damaged: (file: string, frames: number) => void;
}

export class ActLog {
  private readonly known = new Map<string, Known>();

  constructor(private readonly setup: ActLogSetup) {}

  /**
   * Writes down what has become of a memory. Called under its lock, after the rows are committed.
   * `strict`: on disk when this resolves. Throws `StorageError`; then the next call writes this down too.
   * @param record of the namespace, as it is now
   * @param fresh its newest journal records, up to the last
   */
  async keep(
    record: NamespaceRecord,
    fresh: readonly JournalRecord[],
    durability: Durability,
  ): Promise<void> {
    await this.setup.files.open(fileOf(record.incarnation), async (file) => {
      const last = await this.lastOf(file, record.incarnation);
      if (last && last.erasures !== record.erasures) {
        // What was erased from the journal must not stand here; the rest must at every moment.
        const parts = await this.partsFrom(1, record);
        this.begin(file, record.incarnation);
        this.frame(file, record, durability, parts);
        return;
      }
      if (last && fresh.length === 0 && isSame(last, record)) return;
      const before = stateBefore(record, fresh);
      if (last && !isUpTo(last, before)) {
        const parts = await this.partsFrom(1, record);
        await this.putBy(file, record.incarnation);
        this.frame(file, record, durability, parts);
      } else if (last?.journal === before.journal) this.add(file, record, fresh, durability);
      else {
        const known = last ? last.journal : await this.vouchedFor(before, record.incarnation);
        if (known === before.journal) this.add(file, record, fresh, durability);
        else this.frame(file, record, durability, await this.partsFrom(known + 1, record));
      }
    });
  }

  /** All that lie there, those of lost histories after the others. */
  async list(): Promise<readonly FoundLog[]> {
    const found: FoundLog[] = [];
    for (const { name: file } of await this.setup.folder.list()) {
      const match = LOG.exec(file);
      const bytes = match && (await this.setup.folder.read(file));
      if (!bytes || !isLog(bytes)) continue;
      const { frames, beyond } = readFrames(bytes.subarray(FILE_HEADER), FILE_HEADER);
      const first = frames[0] ?? beyond[0];
      if (!first) continue;
      const { name, incarnation } = first.record;
      found.push({
        file,
        bytes: bytes.length,
        name,
        incarnation,
        lost: match[1] !== undefined,
        frames,
        beyond,
      });
    }
    return found.sort((a, b) => Number(a.lost) - Number(b.lost));
  }

  /**
   * Lets go of what came up to a state that backups hold. The log begins with that state from then on. Called under
   * the lock of the memory.
   */
  async trim(incarnation: string, upTo: HistoryState): Promise<void> {
    const file = fileOf(incarnation);
    const bytes = await this.setup.folder.read(file);
    if (!bytes || !isLog(bytes)) return;
    const { frames, end, beyond } = readFrames(bytes.subarray(FILE_HEADER), FILE_HEADER);
    // Damage is dealt with by whoever writes next.
    if (beyond.length > 0) return;
    const last = frames.findLast(({ record }) => isUpTo(record, upTo));
    const begins = last && last.at === FILE_HEADER && last.from > last.record.journal;
    if (!last || begins) return;
    const mark = encodeFrame(last.record, last.record.journal + 1, []);
    await this.setup.folder.write(file, [newFileHeader(), mark, bytes.subarray(last.at + last.length, end)]);
  }

  /**
   * Removes the logs of a memory, but for that of one incarnation. What stands behind damage in them is put by.
   * Called when it is settled what became of them.
   */
  async remove(name: string, except?: string): Promise<void> {
    const { folder } = this.setup;
    for (const log of await this.list()) {
      if (log.name !== name || (log.incarnation === except && !log.lost)) continue;
      const bytes = log.beyond.length > 0 ? await folder.read(log.file) : undefined;
      if (bytes) await this.putAside(log.file, bytes, log.beyond.length);
      await folder.remove(log.file);
    }
  }

  /** Every log, and what was put aside. */
  async removeAll(): Promise<void> {
    for (const { file } of await this.list()) await this.setup.folder.remove(file);
    await this.removeUnread();
  }

  /** What was put aside because it could not be read, and what cannot be read now. */
  async removeUnread(): Promise<void> {
    const { folder } = this.setup;
    const readable = new Set((await this.list()).map(({ file }) => file));
    for (const { name } of await folder.list()) {
      if (name.startsWith(ASIDE) || (LOG.test(name) && !readable.has(name))) await folder.remove(name);
    }
  }

  /** The last state written; what others wrote since is read, what was cut short is cut off, damage is put by. */
  private async lastOf(file: GrowingFile, incarnation: string): Promise<NamespaceRecord | undefined> {
    const start = file.read(0, FILE_HEADER);
    const header = start.join();
    const known = this.known.get(incarnation);
    if (known && known.header === header && known.size === file.size) return known.last;
    if (!isLog(start)) {
      if (file.size > FILE_HEADER) await this.putAside(fileOf(incarnation), file.read(0, file.size), 0);
      return this.begin(file, incarnation);
    }
    const same = known && known.header === header && known.size < file.size ? known : undefined;
    const from = same?.size ?? FILE_HEADER;
    const { frames, end, beyond } = readFrames(file.read(from, file.size - from), from);
    if (beyond.length > 0) {
      await this.putAside(fileOf(incarnation), file.read(0, file.size), beyond.length);
    }
    if (end < file.size) file.cut(end);
    const last = frames[frames.length - 1]?.record ?? same?.last;
    this.known.set(incarnation, { header, size: end, last });
    return last;
  }

  private begin(file: GrowingFile, incarnation: string): undefined {
    const header = newFileHeader();
    file.cut(0);
    file.write(0, header);
    this.known.set(incarnation, { header: header.join(), size: FILE_HEADER, last: undefined });
  }

  /** Of a history that has no log yet. */
  private async vouchedFor(before: HistoryState, incarnation: string): Promise<number> {
    return before.journal === 0 ? 0 : Math.min(before.journal, await this.setup.backedUp(incarnation));
  }

  private add(
    file: GrowingFile,
    record: NamespaceRecord,
    fresh: readonly JournalRecord[],
    durability: Durability,
  ): void {
    const from = record.journal - fresh.length + 1;
    this.frame(file, record, durability, payloadParts(record, from, fresh));
  }

  /** A frame of what the journal has from this record on, read a part at a time: it may be all of it. */
  private async partsFrom(from: number, record: NamespaceRecord): Promise<readonly Uint8Array[]> {
    const { rows } = this.setup;
    const parts: Uint8Array[] = [...payloadParts(record, from, [])];
    for (let seq = from; seq <= record.journal; seq += AT_ONCE) {
      const to = Math.min(record.journal, seq + AT_ONCE - 1);
      const lines = (await rows.journal(record.name, seq, to)).map((line) => `${JSON.stringify(line)}\n`);
      parts.push(new TextEncoder().encode(lines.join('')));
    }
    return parts;
  }

  private frame(
    file: GrowingFile,
    record: NamespaceRecord,
    durability: Durability,
    parts: Iterable<Uint8Array>,
  ): void {
    const known = this.known.get(record.incarnation);
    if (!known) throw new RangeError(`the log of ${record.incarnation} was not looked at`);
    // Whatever becomes of it, the next call looks at the file.
    this.known.delete(record.incarnation);
    let length = 0;
    let crc = 0;
    let first: Uint8Array | undefined;
    for (const part of parts) {
      // Most frames are one part, and go to the file in one write.
      if (first) file.write(known.size + FRAME_HEADER + length, part);
      else first = part;
      crc = crc32(part, crc);
      length += part.length;
    }
    const start = new Uint8Array(FRAME_HEADER + (first?.length ?? 0));
    start.set(frameHeader({ length, crc }));
    if (first) start.set(first, FRAME_HEADER);
    file.write(known.size, start);
    if (durability === 'strict') file.flush();
    const { header } = known;
    this.known.set(record.incarnation, { header, size: known.size + FRAME_HEADER + length, last: record });
  }

  /** The history that the rows have lost gets a file of its own; this one begins anew. */
  private async putBy(file: GrowingFile, incarnation: string): Promise<void> {
    const { folder } = this.setup;
    const names = new Set((await folder.list()).map(({ name }) => name));
    let n = 1;
    while (names.has(fileOf(incarnation, n))) n++;
    await folder.write(fileOf(incarnation, n), [file.read(0, file.size)]);
    this.begin(file, incarnation);
  }

  private async putAside(file: string, bytes: Uint8Array, frames: number): Promise<void> {
    const { folder, damaged } = this.setup;
    const aside = `${ASIDE}${crypto.randomUUID()}-${file}`;
    await folder.write(aside, [bytes]);
    damaged(aside, frames);
  }
}

/** The rows from which an act led to this record. A log that knows more than they did knows what they have lost. */
function stateBefore(record: NamespaceRecord, fresh: readonly JournalRecord[]): HistoryState {
  const changed = fresh.length === 0 || fresh.some(({ op }) => op.kind !== 'retrieve');
  return { journal: record.journal - fresh.length, revision: record.revision - Number(changed) };
}

function isSame(one: NamespaceRecord, other: NamespaceRecord): boolean {
  return one.revision === other.revision && one.journal === other.journal && one.sum === other.sum;
}

function fileOf(incarnation: string, lost?: number): string {
  return `acts-${encodeURIComponent(incarnation)}${lost === undefined ? '' : `.${lost}`}.log`;
}
