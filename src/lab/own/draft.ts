/** A task while it is typed: one fact or correction a message, as the form has fields for, and how that becomes a task. */
import type { FormProblem, OwnTask } from '../../worker/own-protocol';
import { type Phrase, phrase, say } from '../language/language';
import example from './example.json';

export const KINDS = ['fact', 'chatter', 'correction'] as const;
export type DraftKind = (typeof KINDS)[number];

export interface DraftMessage {
  /** Of this message alone, while the page is open. */
  readonly key: number;
  readonly kind: DraftKind;
  readonly says: string;
  /** Facts: whom or what it is about. */
  readonly about: string;
  /** Facts and corrections. */
  readonly value: string;
  /** Facts: the answer needs it. */
  readonly needed: boolean;
  /** Corrections: key of the message whose fact is corrected; null: none chosen. */
  readonly of: number | null;
}

export interface Draft {
  readonly messages: readonly DraftMessage[];
  readonly question: string;
  /** One a line. */
  readonly answers: string;
  /** One a line; null: the lab's own. */
  readonly distractors: string | null;
}

export const EMPTY: Omit<DraftMessage, 'key' | 'kind'> = {
  says: '',
  about: '',
  value: '',
  needed: false,
  of: null,
};

/** Something to begin with: names that no list has, in sentences that the policy knows. */
export const EXAMPLE = draftOf(example) as Draft; // it has nothing that the form has no field for

export const BLANK: Draft = {
  messages: [{ ...EMPTY, key: 1, kind: 'fact', needed: true }],
  question: '',
  answers: '',
  distractors: null,
};

const lines = (text: string) => text.split('\n').filter((line) => line.trim() !== '');
const nameOf = (key: number) => `f${key}`;

/** As the worker reads it; what is missing in it is for the worker to say. */
export function formOf({ messages, question, answers, distractors }: Draft): unknown {
  return {
    question,
    answers: lines(answers),
    messages: messages.map(({ key, kind, says, about, value, needed, of }) => ({
      says,
      ...(kind === 'fact' && { states: [{ id: nameOf(key), about, value, needed }] }),
      ...(kind === 'correction' && { corrects: [{ id: of === null ? '' : nameOf(of), value }] }),
    })),
    ...(distractors !== null && { distractors: lines(distractors) }),
  };
}

/** Null for a task that says more than the fields of the form hold. */
export function draftOf(task: OwnTask): Draft | null {
  if (task.key || [...task.answers, ...(task.distractors ?? [])].some((text) => text.includes('\n')))
    return null;
  const holders = new Map<string, number>();
  const messages: DraftMessage[] = [];
  for (const [i, { says, states = [], corrects = [] }] of task.messages.entries()) {
    if (states.length + corrects.length > 1) return null;
    const key = i + 1;
    const [fact] = states;
    const [correction] = corrects;
    if (fact) {
      holders.set(fact.id, key);
      const { about, value, needed } = fact;
      messages.push({ ...EMPTY, key, kind: 'fact', says, about, value, needed });
    } else if (correction) {
      const of = holders.get(correction.id) ?? null;
      messages.push({ ...EMPTY, key, kind: 'correction', says, value: correction.value, of });
    } else messages.push({ ...EMPTY, key, kind: 'chatter', says });
  }
  return {
    messages,
    question: task.question,
    answers: task.answers.join('\n'),
    distractors: task.distractors?.join('\n') ?? null,
  };
}

/** With another message behind the others. */
export function withMessage(draft: Draft, kind: DraftKind): Draft {
  const key = Math.max(0, ...draft.messages.map((message) => message.key)) + 1;
  const facts = draft.messages.filter((message) => message.kind === 'fact');
  const of = kind === 'correction' && facts.length === 1 ? facts[0].key : null;
  return { ...draft, messages: [...draft.messages, { ...EMPTY, key, kind, of }] };
}

export function changeMessage(draft: Draft, key: number, part: Partial<DraftMessage>): Draft {
  return {
    ...draft,
    messages: draft.messages.map((message) => (message.key === key ? { ...message, ...part } : message)),
  };
}

/** Corrections of a fact that goes are of none then. */
export function withoutMessage(draft: Draft, key: number): Draft {
  return {
    ...draft,
    messages: draft.messages
      .filter((message) => message.key !== key)
      .map((message) => (message.of === key ? { ...message, of: null } : message)),
  };
}

/** One place earlier. */
export function moveUp(draft: Draft, key: number): Draft {
  const at = draft.messages.findIndex((message) => message.key === key);
  if (at < 1) return draft;
  const messages = [...draft.messages];
  [messages[at - 1], messages[at]] = [messages[at], messages[at - 1]];
  return { ...draft, messages };
}

const FIELDS: Readonly<Record<string, Phrase>> = {
  says: phrase('what it says'),
  about: phrase('whom or what it is about'),
  value: phrase('the value'),
  id: phrase('which fact it corrects'),
  question: phrase('The question'),
  answers: phrase('The answers'),
  distractors: phrase('The distractors'),
  messages: phrase('The messages'),
};

/** A place in a task as the form calls it. */
export function placeWords({ field }: Pick<FormProblem, 'field'>): string {
  const message = /^messages\[(\d+)\]/.exec(field);
  const known = FIELDS[/(\w+)(?:\[\d+\])?$/.exec(field)?.[1] ?? ''];
  const what = known ? say(known) : field;
  return message && known ? say('Message {n}, {what}', { n: Number(message[1]) + 1, what }) : what;
}

const KEY = 'agemem-own-task';

/** What was being typed when the page was left; the example at first. */
export function storedDraft(): Draft {
  try {
    const draft = JSON.parse(localStorage.getItem(KEY) ?? '') as Draft;
    return isDraft(draft) ? draft : EXAMPLE;
  } catch {
    return EXAMPLE;
  }
}

export function storeDraft(draft: Draft): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(draft));
  } catch {
    // A browser that stores nothing forgets it with the tab.
  }
}

function isDraft(value: unknown): value is Draft {
  const draft = value as Draft | null;
  return (
    typeof draft?.question === 'string' &&
    typeof draft.answers === 'string' &&
    (draft.distractors === null || typeof draft.distractors === 'string') &&
    Array.isArray(draft.messages) &&
    draft.messages.every(
      (message) =>
        typeof message?.key === 'number' &&
        KINDS.includes(message.kind) &&
        [message.says, message.about, message.value].every((text) => typeof text === 'string') &&
        typeof message.needed === 'boolean' &&
        (message.of === null || typeof message.of === 'number'),
    )
  );
}
