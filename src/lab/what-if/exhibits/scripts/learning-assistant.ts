/** What the three case studies of the paper have in common: a personal learning assistant and what is true of its user. */
import type { Fact } from '../../../../worker/protocol';
import type { Script } from '../../../../worker/what-if-protocol';

export const SESSIONS: Fact = {
  id: 'sessions',
  subject: 'user',
  relation: 'studies in sessions of',
  value: '120 minutes',
  superseded: ['60 minutes'],
  worthKeeping: true,
};

export const VISUAL: Fact = {
  id: 'visual',
  subject: 'user',
  relation: 'learns best with',
  value: 'pictures',
  superseded: [],
  worthKeeping: true,
};

export const VISION: Fact = {
  id: 'vision',
  subject: 'user',
  relation: 'is most interested in',
  value: 'computer vision',
  superseded: [],
  worthKeeping: true,
};

/** A task of the assistant's; it belongs to no split, so any may stand there. */
export function assistantTask(
  id: string,
  rest: Pick<
    Script['task'],
    'messages' | 'distractors' | 'query' | 'answers' | 'facts' | 'neededFactIds' | 'keyItems'
  >,
): Script['task'] {
  return {
    id: `exhibit/${id}`,
    family: 'qa',
    split: 'evaluation',
    difficulty: 'revisions',
    seed: 0,
    ...rest,
  };
}

export const fact = (content: string, ...factIds: readonly string[]) => ({
  content,
  kind: 'fact' as const,
  factIds,
});
export const revision = (content: string, ...factIds: readonly string[]) => ({
  content,
  kind: 'revision' as const,
  factIds,
});
export const distractor = (content: string) => ({ content, kind: 'distractor' as const, factIds: [] });
