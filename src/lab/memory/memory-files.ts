/** The memory on view as a file, and a file into it: previewed, then applied whole or not at all. */
import type { ExportFormat } from '../../worker/memory-protocol';
import { say } from '../language/language';
import type { MemoryArgs } from '../state/memory-line';
import { newest } from './loaded';
import type { MemoryStore } from './memory-store';

export class MemoryFiles {
  private importing: { readonly file: string; readonly data: Blob; readonly asText: boolean } | null = null;

  /**
   * @param save hands a file to the browser to be saved
   * @param onImported something was imported
   */
  constructor(
    private readonly store: MemoryStore,
    private readonly save: (file: string, data: Blob) => void,
    private readonly onImported: () => Promise<void>,
  ) {}

  get asText(): boolean {
    return this.importing?.asText ?? false;
  }

  async export(format: ExportFormat): Promise<void> {
    await this.store.during(say('Writing the file'), async () => {
      const { file, data } = await this.store.ofThis('exportMemory', { format });
      this.save(file, data);
      this.store.tell(say('Wrote {file}.', { file }));
    });
  }

  async preview(file: string, data: Blob, asText: boolean): Promise<void> {
    this.importing = { file, data, asText };
    this.store.apply({ type: 'cleared', part: 'preview' });
    await this.store.load('preview', () => this.store.ofThis('previewImport', { file, data, asText }));
  }

  /** The same file again: read as plain text or not, or after the memory has changed. */
  async again(asText?: boolean): Promise<void> {
    const { importing } = this;
    if (importing) await this.preview(importing.file, importing.data, asText ?? importing.asText);
  }

  forget(): void {
    this.importing = null;
    this.store.drop('preview');
    this.store.apply({ type: 'cleared', part: 'preview' });
  }

  async apply(conflicts: MemoryArgs<'applyImport'>['conflicts']): Promise<void> {
    const preview = newest(this.store.state().parts.preview);
    if (!preview) return;
    const done = await this.store.changing(
      say('Importing'),
      say('Imported {file}.', { file: preview.file }),
      () => this.store.ofThis('applyImport', { token: preview.token, conflicts }),
    );
    if (!done) return;
    this.forget();
    void this.onImported();
  }
}
