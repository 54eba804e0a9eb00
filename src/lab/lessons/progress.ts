/**
 * How far a reader has come, kept in this browser and nowhere else. What cannot be read is as if it were not there: a
 * lesson can be done again, so nothing is lost that matters.
 */
const KEY = 'agemem-lessons';

export interface Progress {
  /** Ids of lessons whose question was answered. */
  readonly passed: readonly string[];
  /** Step last read of each lesson, from 0; the question comes after the last. */
  readonly at: Readonly<Record<string, number>>;
}

export const NOTHING_DONE: Progress = { passed: [], at: {} };

export function readProgress(text: string | null): Progress {
  try {
    const value: unknown = JSON.parse(text ?? '');
    if (typeof value !== 'object' || value === null) return NOTHING_DONE;
    const { passed, at } = value as Record<string, unknown>;
    const steps = typeof at === 'object' && at !== null ? Object.entries(at) : [];
    return {
      passed: Array.isArray(passed) ? passed.filter((id): id is string => typeof id === 'string') : [],
      at: Object.fromEntries(steps.filter(([, step]) => Number.isInteger(step) && Number(step) >= 0)),
    };
  } catch {
    return NOTHING_DONE;
  }
}

export function passedAlso(progress: Progress, id: string): Progress {
  return progress.passed.includes(id) ? progress : { ...progress, passed: [...progress.passed, id] };
}

export function movedTo(progress: Progress, id: string, step: number): Progress {
  return { ...progress, at: { ...progress.at, [id]: step } };
}

export function loadProgress(): Progress {
  try {
    return readProgress(localStorage.getItem(KEY));
  } catch {
    return NOTHING_DONE;
  }
}

/** A browser that stores nothing forgets the progress with the tab. */
export function saveProgress(progress: Progress): void {
  try {
    if (progress === NOTHING_DONE) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify(progress));
  } catch {
    // Nothing to do: the tab itself still knows.
  }
}
