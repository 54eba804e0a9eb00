/** Files out and in: exports as they are asked for; imports read, previewed, and kept until they are carried out. */
import { exportMemory } from '../../memory/exchange/export-memory';
import {
  applyImport,
  type ConflictChoice,
  type ImportPlan,
  previewImport,
} from '../../memory/exchange/import-memory';
import { previewLines } from '../../memory/exchange/preview-lines';
import { readImport } from '../../memory/exchange/read-import';
import type { Progress } from '../../memory/history/act-progress';
import type { OpenedMemory } from '../../memory/long-term-memory';
import type { MemoryRows } from '../../memory/rows/rows';
import { LabRefusal } from '../lab-errors';
import type { ExportFormat, ImportPreview } from '../memory-protocol';

/** A plan holds its whole file; the page looks at one at a time. */
interface Previewed {
  readonly token: string;
  readonly plan: ImportPlan;
}

export class Exchange {
  private previewed: Previewed | null = null;
  private serial = 0;

  constructor(private readonly rows: MemoryRows) {}

  /** Throws `UnknownNamespaceError`, `ExportError`. */
  async export(
    memory: OpenedMemory,
    format: ExportFormat,
  ): Promise<{ readonly file: string; readonly data: Blob }> {
    const theta = memory.embedder.threshold;
    const { file, type, bytes } = await exportMemory(this.rows, memory.namespace, { format, theta });
    return { file, data: new Blob([bytes as Uint8Array<ArrayBuffer>], { type }) };
  }

  /** Reads a file and says what importing it would do; the preview before it is let go of. Throws `ImportFileError`. */
  async preview(
    namespace: string,
    { file, data, asText }: { readonly file: string; readonly data: Blob; readonly asText: boolean },
    now: number,
  ): Promise<ImportPreview> {
    this.previewed = null;
    const read = readImport(new Uint8Array(await data.arrayBuffer()), { asText });
    const plan = await previewImport(this.rows, { namespace, file, read, now });
    const token = `import-${++this.serial}`;
    this.previewed = { token, plan };
    return {
      token,
      file,
      format: plan.format,
      lines: previewLines(plan.lines),
      counts: plan.counts,
      journal: plan.journal.length,
      notes: plan.notes,
    };
  }

  /** All of it or nothing. Throws `LabRefusal`, `ImportChangedError`, and what rows and embedder throw. */
  async apply(
    memory: OpenedMemory,
    {
      token,
      conflicts,
      onProgress,
    }: { readonly token: string; readonly conflicts: ConflictChoice; readonly onProgress: Progress },
  ): Promise<void> {
    const { previewed } = this;
    if (previewed?.token !== token || previewed.plan.namespace !== memory.namespace) {
      throw new LabRefusal(
        'no-preview',
        'This preview is no longer held: another file was opened since, or it has been imported already.',
        'Choose the file again.',
      );
    }
    await applyImport(this.rows, previewed.plan, { conflicts, embedder: memory.embedder, onProgress });
    this.previewed = null;
  }
}
