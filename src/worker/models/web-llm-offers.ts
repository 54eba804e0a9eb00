/** The models of WebLLM as entries of the list: what its records pin (`policies/web-llm/records.ts`), in the list's words. */
import type { CompiledLibrary, ModelEntry } from '../../hub/model-entry';
import { recordOf, WEB_LLM_RECORDS, type WebLlmRecord } from '../../policies/web-llm/records';

const MEBIBYTE = 2 ** 20;

export const OFFERED_WEB_LLM: readonly ModelEntry[] = WEB_LLM_RECORDS.map((record) => ({
  id: `web-llm:${record.repository}`,
  provider: 'web-llm',
  name: record.repository,
  title: record.title,
  origin: 'hub',
  revision: record.revision,
  licence: record.licence,
  parameters: record.parameters,
  quantisation: record.quantisation,
  shape: null,
  memoryBytes: memoryOf(record),
  library: libraryOf(record),
  files: null,
  offered: true,
}));

/** The kernels of a repository of MLC's; null: none are known. */
export function knownLibrary(name: string): CompiledLibrary | null {
  const record = recordOf(name);
  return record ? libraryOf(record) : null;
}

function memoryOf({ memoryMegabytes }: WebLlmRecord): number {
  return Math.round(memoryMegabytes * MEBIBYTE);
}

function libraryOf({ library: { address, file, integrity } }: WebLlmRecord): CompiledLibrary {
  return { address, path: file, sha256: integrity === null ? null : hexadecimal(integrity) };
}

/** Subresource Integrity is base64; everything else here names hashes in hexadecimal. */
function hexadecimal(integrity: string): string {
  const bytes = atob(integrity.replace(/^sha256-/, ''));
  return Array.from(bytes, (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('');
}
