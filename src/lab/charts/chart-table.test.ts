import { expect, test } from 'vitest';
import { csvText } from './chart-table';

test('a table as CSV: a header, a line a row, numbers to the last digit, no value as an empty cell', () => {
  const text = csvText({
    columns: ['step', 'reward'],
    rows: [
      [1, 0.1 + 0.2],
      [2, null],
      [3, Number.NaN],
    ],
  });
  expect(text).toBe('step,reward\r\n1,0.30000000000000004\r\n2,\r\n3,\r\n');
});

test('commas, quotes and line ends stay inside their cell', () => {
  expect(csvText({ columns: ['a', 'b'], rows: [['x,y', 'say "no"\nplease']] })).toBe(
    'a,b\r\n"x,y","say ""no""\nplease"\r\n',
  );
});

test('what the policy wrote is never a formula of the spreadsheet that opens it', () => {
  const text = csvText({ columns: ['token'], rows: [['=1+1'], ['-x'], ['@a'], ['+']] });
  expect(text.split('\r\n').slice(1, 5)).toEqual(["'=1+1", "'-x", "'@a", "'+"]);
});

test('a negative number is a number', () => {
  expect(csvText({ columns: ['x'], rows: [[-0.5]] })).toBe('x\r\n-0.5\r\n');
});
