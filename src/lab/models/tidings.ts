/**
 * What happened between two lists, in a sentence for screen readers: beginnings and ends, and a download by quarters.
 * Progress comes a few times a second; spoken each time it would drown everything else.
 */
import type { ModelShelf, ModelState, OfferedModel } from '../../worker/models-protocol';
import { percent, size } from '../figures';
import { say } from '../language/language';

/** Null: nothing worth a word. */
export function tidings(before: ModelShelf | null, after: ModelShelf): string | null {
  if (!before) return null;
  if (before.active.id !== after.active.id) return say('{title} acts now.', { title: after.active.title });
  const states = new Map(before.models.map(({ id, state }) => [id, state]));
  for (const model of after.models) {
    const was = states.get(model.id);
    if (!was) return say('{title} is in the list.', { title: model.title });
    const words = was === model.state ? null : moved(model, was);
    if (words !== null) return words;
  }
  const left = new Set(after.models.map(({ id }) => id));
  const gone = before.models.find(({ id }) => !left.has(id));
  return gone ? say('{title} is no longer in the list.', { title: gone.title }) : null;
}

function moved({ title, state }: OfferedModel, was: ModelState): string | null {
  switch (state.kind) {
    case 'absent':
      return was.kind === 'absent'
        ? null
        : say('The files of {title} are deleted from this browser.', { title });
    case 'partial':
      if (was.kind === 'partial') return null;
      return state.trouble
        ? say('The download of {title} stopped. What came is kept.', { title })
        : say('{title} is paused at {size}.', { title, size: size(state.storedBytes) });
    case 'downloading': {
      if (was.kind !== 'downloading') return say('{title} is being downloaded.', { title });
      const quarter = quarterOf(state);
      return quarter > quarterOf(was)
        ? say('{title}: {share} downloaded.', { title, share: percent(quarter / 4) })
        : null;
    }
    case 'kept':
      return was.kind === 'kept' ? null : say('{title} is kept, and usable without a network.', { title });
    case 'here':
      return null;
  }
}

function quarterOf({ storedBytes, totalBytes }: Extract<ModelState, { kind: 'downloading' }>): number {
  return totalBytes > 0 ? Math.min(3, Math.floor((4 * storedBytes) / totalBytes)) : 0;
}
