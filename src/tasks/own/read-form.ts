/**
 * Reads a task in somebody's own words, field by field: all that is wrong is told at once, each with its place, and
 * nothing is believed that was not checked. What comes out has its fields in one order, so that the same task is the
 * same text.
 */
import { containsPhrase, fold } from '../phrase';
import { normaliseAnswer } from '../qa/score';
import {
  type FormProblem,
  LIMITS,
  type OwnCorrection,
  type OwnFact,
  type OwnMessage,
  type OwnTask,
} from './form';

export type ReadForm =
  | { readonly task: OwnTask; readonly problems?: undefined }
  | { readonly task?: undefined; readonly problems: readonly FormProblem[] };

/** Problems told of one task; more of them help nobody. */
const MOST_PROBLEMS = 20;

export function readForm(value: unknown): ReadForm {
  const reader = new Reader();
  const task = reader.task(value);
  if (reader.problems.length === 0 && task) return { task };
  return { problems: reader.problems.slice(0, MOST_PROBLEMS) };
}

type Fields = { readonly [name: string]: unknown };

interface Known {
  readonly about: string;
  value: string;
}

class Reader {
  readonly problems: FormProblem[] = [];
  private readonly facts = new Map<string, Known>();
  private needed = 0;
  /** Of all facts, so that a name given by hand is not given again. */
  private taken = new Set<string>();

  task(value: unknown): OwnTask | null {
    const fields = this.fields('', value, ['question', 'answers', 'messages', 'distractors', 'key']);
    if (!fields) return null;
    const question = this.text('question', fields.question, LIMITS.text);
    const answers = this.list('answers', fields.answers, 1, LIMITS.answers).map((answer, i) => {
      const text = this.text(`answers[${i}]`, answer, LIMITS.phrase);
      if (text !== '' && normaliseAnswer(text) === '') {
        this.refuse(
          `answers[${i}]`,
          'Answers are compared without articles and punctuation, and nothing is left of this one.',
        );
      }
      return text;
    });
    const list = this.list('messages', fields.messages, 1, LIMITS.messages);
    this.taken = namesIn(list);
    const messages = list.map((message, i) => this.message(`messages[${i}]`, message));
    if (this.facts.size > LIMITS.facts) this.refuse('messages', `A task has at most ${LIMITS.facts} facts.`);
    if (list.length > 0 && this.facts.size === 0 && this.problems.length === 0) {
      this.refuse(
        'messages',
        'No message states a fact. Add one with "states": who or what it is about, and its value.',
      );
    } else if (this.needed === 0 && this.problems.length === 0) {
      this.refuse('messages', 'Say which fact the answer needs: "needed": true. It is not guessed.');
    }
    const texts = (name: 'distractors' | 'key', most: number) =>
      fields[name] === undefined
        ? {}
        : {
            [name]: this.list(name, fields[name], 0, LIMITS.messages).map((text, i) =>
              this.text(`${name}[${i}]`, text, most),
            ),
          };
    return {
      question,
      answers,
      messages,
      ...texts('distractors', LIMITS.text),
      ...texts('key', LIMITS.text),
    };
  }

  private message(place: string, value: unknown): OwnMessage {
    const fields = this.fields(place, value, ['says', 'states', 'corrects']);
    if (!fields) return { says: '' };
    const says = this.text(`${place}.says`, fields.says, LIMITS.text);
    const corrects = (
      fields.corrects === undefined ? [] : this.list(`${place}.corrects`, fields.corrects, 1, LIMITS.facts)
    ).map((one, i) => this.correction(`${place}.corrects[${i}]`, one, says));
    const states = (
      fields.states === undefined ? [] : this.list(`${place}.states`, fields.states, 1, LIMITS.facts)
    ).map((one, i) => this.fact(`${place}.states[${i}]`, one, says));
    return { says, ...(states.length > 0 && { states }), ...(corrects.length > 0 && { corrects }) };
  }

  private fact(place: string, value: unknown, says: string): OwnFact {
    const fields = this.fields(place, value, ['id', 'about', 'value', 'needed']) ?? {};
    const about = this.said(`${place}.about`, fields.about, says);
    const said = this.said(`${place}.value`, fields.value, says);
    if (about !== '' && fold(about) === fold(said)) {
      this.refuse(`${place}.value`, 'A fact says something of somebody: its value is not whom it is about.');
    }
    if (fields.needed !== undefined && typeof fields.needed !== 'boolean') {
      this.refuse(`${place}.needed`, `This is ${shown(fields.needed)}. Write true or false.`);
    }
    const id = fields.id === undefined ? this.freshId() : this.text(`${place}.id`, fields.id, 40);
    if (this.facts.has(id))
      this.refuse(`${place}.id`, `Another fact is called ${shown(id)} already. Choose another name.`);
    const needed = fields.needed === true;
    if (needed) this.needed++;
    this.facts.set(id, { about, value: said });
    return { id, about, value: said, needed };
  }

  private correction(place: string, value: unknown, says: string): OwnCorrection {
    const fields = this.fields(place, value, ['id', 'value']) ?? {};
    const id = this.text(`${place}.id`, fields.id, 40);
    const said = this.said(`${place}.value`, fields.value, says);
    const known = this.facts.get(id);
    if (!known) {
      if (id !== '') {
        this.refuse(
          `${place}.id`,
          `No earlier message states a fact called ${shown(id)}. Give the "id" of one.`,
        );
      }
      return { id, value: said };
    }
    if (said !== '' && fold(said) === fold(known.value)) {
      this.refuse(`${place}.value`, `That is the value it has already. Say what it is now.`);
    }
    if (known.about !== '' && says !== '' && !containsPhrase(says, known.about)) {
      this.refuse(
        `${place}.id`,
        `The message does not name ${shown(known.about)}, whom the fact is about. Name it, or what is stored cannot be told from another fact.`,
      );
    }
    known.value = said;
    return { id, value: said };
  }

  /** A phrase that the message says as whole words. */
  private said(place: string, value: unknown, says: string): string {
    const phrase = this.text(place, value, LIMITS.text);
    if (phrase !== '' && says !== '' && !containsPhrase(says, phrase)) {
      this.refuse(
        place,
        `The message does not say ${shown(phrase)} as whole words. Rewards look for what it says: write it the same way.`,
      );
    }
    return phrase;
  }

  private freshId(): string {
    let n = this.facts.size + 1;
    while (this.taken.has(`f${n}`) || this.facts.has(`f${n}`)) n++;
    return `f${n}`;
  }

  private fields(place: string, value: unknown, known: readonly string[]): Fields | null {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.refuse(place, `This is ${shown(value)}. Write an object with ${known.join(', ')}.`);
      return null;
    }
    for (const name of Object.keys(value)) {
      if (known.includes(name)) continue;
      this.refuse(place === '' ? name : `${place}.${name}`, `Not known here. Known: ${known.join(', ')}.`);
    }
    return value as Fields;
  }

  private list(place: string, value: unknown, least: number, most: number): readonly unknown[] {
    if (!Array.isArray(value)) {
      this.refuse(
        place,
        value === undefined ? 'It is missing. Write a list.' : `This is ${shown(value)}. Write a list.`,
      );
      return [];
    }
    if (value.length < least) this.refuse(place, 'The list is empty. Add one.');
    if (value.length > most) {
      this.refuse(place, `There are ${value.length}; at most ${most} are read. Leave some out.`);
      return [];
    }
    return value;
  }

  /** Trimmed; empty if there is none, which is told. */
  private text(place: string, value: unknown, most: number): string {
    if (typeof value !== 'string') {
      this.refuse(
        place,
        value === undefined ? 'It is missing. Write a text.' : `This is ${shown(value)}. Write a text.`,
      );
      return '';
    }
    const text = value.trim();
    if (text === '') this.refuse(place, 'It is empty. Write a text.');
    if (text.length > most) {
      this.refuse(place, `It has ${text.length} characters; at most ${most} are read. Shorten it.`);
      return '';
    }
    return text;
  }

  private refuse(field: string, message: string): void {
    this.problems.push({ field, message });
  }
}

/** Names that facts are given by hand. */
function namesIn(messages: readonly unknown[]): Set<string> {
  const named = messages.flatMap((message) => {
    const states = (message as { readonly states?: unknown } | null)?.states;
    return Array.isArray(states) ? states.map((fact) => (fact as { readonly id?: unknown } | null)?.id) : [];
  });
  return new Set(named.filter((id): id is string => typeof id === 'string').map((id) => id.trim()));
}

/** Short, in quotes where it is a text. */
function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)} …` : text;
}
