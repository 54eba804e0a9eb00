/**
 * What methods are called, wherever the page names one: memories beside the policy (arXiv 2601.01885, table 2) and variants
 * of AgeMem itself. Names are the same in every language, descriptions are not.
 */
import type { BaselineId } from '../worker/baselines-protocol';
import { type Phrase, phrase, say } from './language/language';

export const AGEMEM = 'AgeMem';

const PROPER: Readonly<Record<string, string>> = {
  rag: 'RAG',
  langmem: 'LangMem',
  'a-mem': 'A-Mem',
  mem0: 'Mem0',
  'mem0-graph': 'Mem0-graph',
  agemem: AGEMEM,
} satisfies Record<Exclude<BaselineId, 'no-memory'> | 'agemem', string>;

const DESCRIBED: Readonly<Record<string, Phrase>> = {
  'no-memory': phrase('no memory'),
  'agemem-no-rl': phrase('AgeMem without RL'),
  'agemem-rag': phrase('AgeMem, RAG in place of the short-term tools'),
  'answer-only': phrase('AgeMem, paid for the answer alone'),
  'no-tools': phrase('AgeMem, every tool refused'),
  lt: phrase('AgeMem, long-term tools alone, without RL'),
  'lt-rl': phrase('AgeMem, long-term tools alone'),
};

/** @param method its id, as commands and the worker know it; one that has no name here is called by its id */
export function methodName(method: string): string {
  if (Object.hasOwn(DESCRIBED, method)) return say(DESCRIBED[method]);
  return Object.hasOwn(PROPER, method) ? PROPER[method] : method;
}
