/** What the figures of the table are called, with their unit or range. */
import { type Phrase, phrase } from '../language/language';
import type { Metric } from './cells';

export const METRIC_NAMES: Readonly<Record<Metric, Phrase>> = {
  score: phrase('score, 0 to 1'),
  // ScienceWorld's: an attempt that failed for good is −1, where the score of the table stops at 0.
  'env score': phrase('score as the original counts it, −1 to 1'),
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
  'unread-replies': phrase('replies of the model that could not be used, an episode'),
};
