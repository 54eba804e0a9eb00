/** The memory page as markup: names of regions, states of every panel, and that nothing hostile becomes a tag. */
import { renderToStaticMarkup } from 'react-dom/server';
import { beforeEach, expect, test } from 'vitest';
import type { MemoryHome } from '../../worker/memory-protocol';
import { EDITABLE } from './entry-form';
import { MemoryController } from './memory-controller';
import { MemoryView } from './memory-page';
import { NEW, TABS } from './memory-state';
import { RecordedLine } from './memory-worker.fixture';

let line: RecordedLine;
let memory: MemoryController;

const markup = () => renderToStaticMarkup(<MemoryView memory={memory} />);
/** Without the characters that isolate directions. */
const text = () =>
  markup()
    .replace(/<[^>]*>/g, ' ')
    .replace(/[\u2066-\u2069]/g, '')
    .replace(/\s+/g, ' ');
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

function write(content: string, metadata = {}): void {
  line.act('user', 'add', [{ kind: 'add', after: line.text('user', content, metadata) }]);
}

beforeEach(() => {
  line = new RecordedLine();
  memory = new MemoryController(line, { save: () => undefined });
});

function regions(html: string): string[] {
  return [...html.matchAll(/<section[^>]*aria-labelledby="([^"]+)"/g)].map(([, id]) => {
    const heading = html.match(new RegExp(`<h2 id="${id}">([^<]*)</h2>`));
    return heading?.[1] ?? `no heading for ${id}`;
  });
}

test('before the worker answers the page says what it waits for; if it fails, what to do', async () => {
  expect(text()).toContain('Opening memory …');
  line.failing = 'memoryHome';
  await memory.open();
  expect(markup()).toContain('role="alert"');
  expect(text()).toContain('memoryHome is broken. Mend it.');
  expect(text()).toContain('Try again');
});

test('every tab names its regions, also over an empty memory', async () => {
  await memory.open();
  const found = [];
  for (const tab of TABS) {
    await memory.go(tab);
    found.push(regions(markup()));
    expect(text(), tab).not.toMatch(/undefined|NaN|\[object/);
  }
  expect(found).toEqual([
    ['Entries', 'Entry', 'Map'],
    ['As it was', 'Journal'],
    ['Audit'],
    ['Export', 'Import'],
    ['Profiles', 'Only to look at', 'Compare'],
    ['Kept safe', 'Backups', 'Room it takes'],
    ['What finds entries', 'Ageing'],
  ]);
});

test('a search shows the scores of all, what top_k takes and where theta cuts', async () => {
  for (const content of ['Rosa has boss Hana', 'Mila likes cocoa', 'one', 'two', 'three']) write(content);
  await memory.open();
  memory.ask({ query: 'rosa has boss hana' });
  await settled();
  expect(text()).toContain('5 entries, ranked in 1.3 ms');
  expect(text()).toContain(
    '5 entries, cosine from 1 down to 0. top_k takes the best 3. 1 have a cosine of at least theta = 0.45.',
  );
  expect(text()).toContain('Retrieve_memory takes the best 3');
  expect([...markup().matchAll(/row-found/g)]).toHaveLength(3);
});

test('hostile text, keys and names stay text', async () => {
  write('<script>alert(1)</script>\u202e\u0000', { '<img src=x>': '</bdi><h1>', __proto__: 'x' });
  await memory.open();
  memory.activate('m1');
  await settled();
  for (const tab of TABS) {
    await memory.go(tab);
    // Fields hold the text itself, to be edited, and turn nothing outside themselves.
    const shown = markup().replace(/<textarea[\s\S]*?<\/textarea>/g, '');
    expect(shown, tab).not.toMatch(/<script|<img|<h1|\p{Cc}|\u202e/u);
  }
  await memory.go('entries');
  expect(text()).toContain('&lt;script&gt;alert(1)&lt;/script&gt;⟨U+202E⟩␀');
});

test('loss is told with numbers and a way back; accepting it has a last chance', async () => {
  const backup = {
    id: 'b1',
    made: line.clock,
    namespaces: [{ name: 'user', count: 41, revision: 3 }],
    bytes: 9,
  };
  const home = line.home();
  const lost: MemoryHome = {
    ...home,
    health: {
      user: { state: 'lost', message: '41 entries were here, 0 are.', expected: 41, found: 0, backup },
    },
  };
  line.home = () => lost;
  await memory.open();
  expect(markup()).toContain('role="alert"');
  expect(text()).toContain('Personal is lost. 41 entries were here, 0 are.');
  expect(text()).toMatch(/Restore the backup of .*\d\d:\d\d \(41 entries\)/);
  expect(text()).toContain('Accept what is there …');

  const logged = (onBackup: boolean) => {
    const facts = { ...backup, logged: { acts: 1200, onBackup } };
    const health = { state: 'lost', message: 'Gone.', expected: 41, found: 0, backup: facts } as const;
    line.home = () => ({ ...home, health: { user: health } });
  };
  logged(true);
  await memory.open();
  expect(text()).toMatch(/Restore the backup of .* and 1,200 logged changes since \(41 entries\)/);
  logged(false);
  await memory.open();
  expect(text()).toContain('Restore 1,200 logged changes (41 entries)');
});

test('whether changes have a second copy is said where it is said how they are kept', async () => {
  await memory.open();
  await memory.go('safety');
  expect(text()).toContain('Each change is also logged in a file beside the database');
  const home = line.home();
  line.home = () => ({ ...home, logged: 'behind' });
  await memory.go('safety');
  expect(text()).toContain('The log beside the database could not be written');
  line.home = () => ({ ...home, logged: false });
  await memory.open();
  expect(text()).toContain('what came after the newest backup has no second copy');
});

test('a memory that is gone with the tab says so on every part of the page', async () => {
  await memory.open();
  expect(text()).not.toContain('is gone when this tab is closed');
  const home = line.home();
  line.home = () => ({ ...home, lasts: false, where: 'What this site has kept cannot be opened.' });
  await memory.open();
  for (const tab of TABS) {
    await memory.go(tab);
    expect(text(), tab).toMatch(
      /is gone when this tab is closed\. What this site has kept cannot be opened\./,
    );
  }
});

test('memories of rollouts are looked at only', async () => {
  line.spaces.set('rollout/1', { entries: new Map(), journal: [], next: 1 });
  await memory.open();
  expect(text()).toContain('Add an entry');
  await memory.choose('rollout/1');
  expect(text()).toContain('Only to look at');
  expect(text()).not.toContain('Add an entry');
});

test('a draft with a mistake is there to be mended', async () => {
  await memory.open();
  memory.activate(NEW);
  memory.draft(NEW, { content: 'Rosa', memoryType: '', metadata: '{"a": ' });
  expect(markup()).toContain('{&quot;a&quot;: </textarea>');
  expect(text()).toContain('New entry');
});

test('what an import would do is told line by line before anything is done', async () => {
  await memory.open();
  await memory.go('exchange');
  await memory.files.preview('notes.txt', new Blob(['x']), false);
  expect(text()).toContain(
    'notes.txt is plain text, one entry a line with 3 lines. Nothing has changed yet.',
  );
  expect(text()).toContain('It has no journal.');
  expect(text()).toContain('✗ rejected {"a": Line 3 is no JSON.'.replaceAll('"', '&quot;'));
  expect(text()).toContain('One entry differs, and yours is as new or newer');
  expect(text()).toContain('Import 1 entry');
});

test('a text too long for a field is shown by its beginning and saved whole', async () => {
  const long = 'word '.repeat(EDITABLE);
  write(long);
  await memory.open();
  memory.activate('m1');
  await settled();
  expect(markup().length).toBeLessThan(60_000);
  expect(text()).toContain('499,400 more characters 500,000 characters: too long to be written here');
  memory.draft('m1', { content: long, memoryType: 'book', metadata: '' });
  await memory.save('m1');
  expect(line.spaces.get('user')?.entries.get('m1')).toMatchObject({ content: long, memoryType: 'book' });
});
