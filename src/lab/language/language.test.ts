import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { count } from '../figures';
import { ofBrowser } from './chosen-language';
import { counted, type Dictionary, onLanguage, phrase, say, speak, spoken } from './language';
import { type Found, LAB, read, readFile, sources } from './phrases.fixture';
import { AREAS, zh } from './zh/index';

const told = (found: readonly Found[]) => found.map(({ at, text }) => `${at}  ${text}`);
const values = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

afterEach(() => speak('en'));

describe('the sources of the page', () => {
  const readings = sources().map(readFile);
  const said = readings.flatMap((reading) => reading.said);

  test('show no text that is not said', () => {
    expect(told(readings.flatMap(({ bare }) => bare))).toEqual([]);
  });

  test('say nothing that Chinese has no words for', () => {
    expect(said.length).toBeGreaterThan(100);
    expect(told(said.filter(({ text }) => !Object.hasOwn(zh, text)))).toEqual([]);
  });

  test('draw everything that is memoised anew in another language', () => {
    const memoised = sources()
      .map((path) => readFileSync(join(LAB, path), 'utf8'))
      .flatMap((text) => text.split(/\bmemo\(/).slice(1));
    expect(memoised.length).toBeGreaterThan(10);
    const deaf = memoised.filter((text) => !/^function \w+\(.*?\) \{\n {2}useLanguage\(\);/s.test(text));
    expect(deaf.map((text) => text.slice(0, 40))).toEqual([]);
  });

  test('say everything that Chinese has words for', () => {
    const phrases = new Set(said.map(({ text }) => text));
    expect(Object.keys(zh).filter((text) => !phrases.has(text))).toEqual([]);
  });
});

describe('the Chinese dictionary', () => {
  const entries = Object.entries(AREAS).flatMap(([area, texts]) =>
    Object.entries(texts).map(([text, words]) => ({ area, text, words })),
  );

  test('has one translation of a phrase', () => {
    const several = entries.filter(({ text, words }) => zh[text] !== words);
    expect(several).toEqual([]);
  });

  test('has the values of every phrase, and no empty words', () => {
    const wrong = entries.filter(
      ({ text, words }) => words.trim() === '' || String(values(words)) !== String(values(text)),
    );
    expect(wrong).toEqual([]);
  });

  test('is set as Chinese is: no Western comma, colon or bracket beside its signs', () => {
    const wrong = entries.filter(({ words }) =>
      /[\u4e00-\u9fff][,;:!?()]|[,;:!?()][\u4e00-\u9fff]/.test(words),
    );
    expect(wrong.map(({ text, words }) => `${text}  ${words}`)).toEqual([]);
  });
});

describe('the reader of sources', () => {
  const bare = (text: string) => read('a.tsx', text).bare.map((found) => found.text);
  const said = (text: string) => read('a.tsx', text).said.map((found) => found.text);

  test('finds what is said', () => {
    expect(said("say('One'); phrase('Two'); const x = <Say text=\"Three {a}\" with={{}} />;")).toEqual([
      'One',
      'Two',
      'Three {a}',
    ]);
    expect(said("say(a ? 'One' : 'Two'); count(n, 'entry', 'entries');")).toEqual(['One', 'Two', 'entry']);
    expect(said("<p title={say('Yes')}>{say('No')}</p>")).toEqual(['Yes', 'No']);
    expect(said("new Map([['a', phrase('One')]]);")).toEqual(['One']);
  });

  test('finds what is shown without being said', () => {
    expect(bare('<p>Hello</p>')).toEqual(['Hello']);
    expect(bare('<p aria-label="Name" className="some class">{a ? "yes" : "no"}</p>')).toEqual([
      'Name',
      'yes',
      'no',
    ]);
    expect(bare("<p title={'a ' + `tokens`}>{n > 1 && ' many'}</p>")).toEqual(['tokens', ' many']);
    expect(bare("const words = 'Two words at least';")).toEqual(['Two words at least']);
    expect(bare("new Map([['a', 'Two words at least']]);")).toEqual(['Two words at least']);
  });

  test('leaves alone what is no text, or the same in all languages', () => {
    expect(bare("import a from './some file'; if (kind === 'two words') f('plain');")).toEqual([]);
    expect(bare('<p lang="en">Rosa has boss Hana</p>')).toEqual([]);
    expect(bare('<code>npm run train</code>')).toEqual([]);
    expect(bare("throw new RangeError('This is never shown.');")).toEqual([]);
    expect(bare("const a = { 'two words': phrase('Yes'), b: 'no' };")).toEqual([]);
    expect(bare('<p className="two words">{3} · {b}</p>')).toEqual([]);
    expect(bare("say('Some words here', { a: b })")).toEqual([]);
  });
});

describe('speaking', () => {
  test('is English at first, with values in its texts and without the sense of a word', () => {
    expect(spoken()).toBe('en');
    expect(say('message {n} of the user', { n: 3 })).toBe('message 3 of the user');
    expect(say('Open§adjective')).toBe('Open');
    expect(count(2, 'entry', 'entries')).toBe('2 entries');
    expect(count(2, 'task§counted')).toBe('2 tasks');
    expect(counted('byte')).toBeNull();
  });

  test('changes with the language, and tells who asked', async () => {
    const heard: string[] = [];
    const stop = onLanguage(() => heard.push(spoken()));
    await speak('zh');
    expect(say('message {n} of the user', { n: 3 })).toBe('用户的第 3 条消息');
    expect(say(phrase('Memory'))).toBe('记忆');
    expect(count(1200, 'byte')).toBe('1,200 字节');
    stop();
    await speak('en');
    expect(heard).toEqual(['zh']);
    expect(say(phrase('Memory'))).toBe('Memory');
  });

  test('is in the language asked for last, however late the words of another come', async () => {
    let come = (_: Dictionary) => {};
    const late = speak('zh', () => new Promise((resolve) => (come = resolve)));
    expect(await speak('en')).toBe(true);
    come({ Memory: '记忆' });
    expect(await late).toBe(false);
    expect([spoken(), say(phrase('Memory'))]).toEqual(['en', 'Memory']);
    await expect(speak('zh', () => Promise.reject(new Error('no network')))).rejects.toThrow('no network');
    expect(spoken()).toBe('en');
  });

  test('begins with the first of the browser’s languages that there is', () => {
    expect(ofBrowser(['de-DE', 'zh-CN', 'en'])).toBe('zh');
    expect(ofBrowser(['en-GB', 'zh'])).toBe('en');
    expect(ofBrowser(['ZH-Hant-TW'])).toBe('zh');
    expect(ofBrowser(['de', 'fr'])).toBe('en');
    expect(ofBrowser([])).toBe('en');
  });
});
