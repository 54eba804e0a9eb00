/** The page of memory-faults/, built and served, and a tab of it that is driven by the calls its worker knows. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, type Page } from '@playwright/test';
import { build } from 'vite';
import { serve } from '../scripts/static-server.mjs';
import type { Acknowledged, CallName, Calls, Dump } from './memory-faults/calls';
import type { OwnBrowser } from './own-browser';

const root = fileURLToPath(new URL('memory-faults', import.meta.url));

/** One address for as long as the server lives: what a browser keeps belongs to an address. */
export async function serveFaults() {
  const folder = mkdtempSync(join(tmpdir(), 'agemem-faults-'));
  await build({
    root,
    configFile: false,
    base: './',
    logLevel: 'warn',
    worker: { format: 'es' },
    build: { outDir: folder, emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, minify: false },
  });
  const { url, close } = await serve({ folder, port: 4373 });
  return {
    url,
    close: async () => {
      await close();
      rmSync(folder, { recursive: true });
    },
  };
}

export class MemoryTab {
  /** In the order in which they were told. */
  readonly acknowledged: Acknowledged[] = [];

  private constructor(readonly page: Page) {
    page.on('console', (message) => {
      const change = /^acknowledged (.*)$/.exec(message.text())?.[1];
      if (change) this.acknowledged.push(JSON.parse(change));
    });
  }

  /** A tab in which the memory is open and was read through. */
  static async open(browser: OwnBrowser, url: string): Promise<MemoryTab> {
    const tab = new MemoryTab(await browser.context.newPage());
    await tab.page.goto(url);
    // Not what a tab falls back to where the browser keeps nothing.
    expect((await tab.ask('open')).description).toMatch(/^Memory is kept in IndexedDB/);
    return tab;
  }

  ask<Name extends CallName>(
    ...[call, args]: Calls[Name]['args'] extends null ? [Name] : [Name, Calls[Name]['args']]
  ): Promise<Calls[Name]['result']> {
    return this.page.evaluate(
      ([name, given]) =>
        (window as unknown as { ask(call: string, args: unknown): Promise<never> }).ask(name, given),
      [call as string, args as unknown] as const,
    );
  }

  /** Everything that is stored, which must add up. */
  async whole(): Promise<Dump> {
    const dump = await this.ask('dump');
    expectWhole(dump);
    return dump;
  }
}

/** Counters, sums, journal, vectors and index agree. */
export function expectWhole({ record, entries, journal, stored, sum, searched }: Dump): void {
  expect(stored).toEqual({
    entries: record.count,
    journal: record.journal,
    vectors: record.count,
    read: { sum: record.sum, withoutVector: 0 },
  });
  expect(entries).toHaveLength(record.count);
  expect(searched).toBe(record.count);
  expect(sum).toBe(record.sum);
  expect(journal.map(({ seq }) => seq)).toEqual(journal.map((_, i) => i + 1));
  expect(journal).toHaveLength(record.journal);
  // One comparison each: Playwright keeps every `expect` as a step, and thousands of them take minutes.
  expect(journal.filter(({ at }, i) => i > 0 && at < journal[i - 1].at)).toEqual([]);
  // What was lost and restored comes back under its own id.
  const given = journal.filter(({ act }) => act.kind !== 'loss' && act.kind !== 'restore');
  const used = given.flatMap(({ op }) => (op.kind === 'add' ? [Number(op.after.id.slice(1))] : []));
  expect(record.nextId).toBeGreaterThan(Math.max(0, ...used));
  // No id was ever given twice.
  expect(new Set(used).size).toBe(used.length);
  expect([...entriesAfter(journal)].sort()).toEqual(entries.map(({ id, content }) => [id, content]).sort());
}

/** Content by id after the first `seq` records. */
export function entriesAfter(
  journal: Dump['journal'],
  seq: number = journal.length,
): ReadonlyMap<string, string> {
  const entries = new Map<string, string>();
  for (const { op } of journal.slice(0, seq)) {
    if (op.kind === 'delete') entries.delete(op.before.id);
    else if (op.kind !== 'retrieve') entries.set(op.after.id, op.after.content);
  }
  return entries;
}
