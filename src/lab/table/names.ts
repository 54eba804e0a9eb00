/** What methods and figures are called on the page: the paper's names where they are names, words where they are words. */
import { type Phrase, phrase, say } from '../language/language';
import type { Metric } from './cells';

const METHOD_NAMES: Readonly<Record<string, Phrase>> = {
  'no-memory': phrase('no memory'),
  'agemem-no-rl': phrase('AgeMem without RL'),
  'agemem-rag': phrase('AgeMem, RAG in place of the short-term tools'),
  'answer-only': phrase('AgeMem, paid for the answer alone'),
  'no-tools': phrase('AgeMem, every tool refused'),
  lt: phrase('AgeMem, long-term tools alone, without RL'),
  'lt-rl': phrase('AgeMem, long-term tools alone'),
};
/** Names of methods, the same in every language. */
const PROPER: Readonly<Record<string, string>> = {
  rag: 'RAG',
  langmem: 'LangMem',
  'a-mem': 'A-Mem',
  mem0: 'Mem0',
  'mem0-graph': 'Mem0-graph',
  agemem: 'AgeMem',
};

/** A method in words; one that is not known here by its id. */
export const methodName = (method: string): string => {
  const known = METHOD_NAMES[method];
  return known === undefined ? (PROPER[method] ?? method) : say(known);
};

export const METRIC_NAMES: Readonly<Record<Metric, Phrase>> = {
  score: phrase('score, 0 to 1'),
  'env success': phrase('success as the original counts it, 0 to 1'),
  'env progress': phrase('progress as the original counts it, 0 to 1'),
  'env em': phrase('exact match as the original counts it, 0 to 1'),
  'env f1': phrase('F1 as the original counts it, 0 to 1'),
  'memory-quality': phrase('memory quality, 0 to 1'),
  'prompt-tokens': phrase('prompt tokens a step'),
  'episode-tokens': phrase('prompt tokens an episode'),
  'tool-calls': phrase('tool calls an episode'),
  'memory-calls': phrase('model calls of the memory an episode'),
  'memory-tokens': phrase('tokens of the memory’s model calls an episode'),
};
