import { expect, test } from 'vitest';
import { installedPlaces } from './browser.mjs';

test('Chrome is looked for where macOS and Windows install it', () => {
  expect(installedPlaces('darwin', { HOME: '/Users/mira' })).toEqual([
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Users/mira/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Users/mira/Applications/Chromium.app/Contents/MacOS/Chromium',
  ]);
  const windows = { PROGRAMFILES: 'C:\\Program Files', LOCALAPPDATA: 'C:\\Users\\mira\\AppData\\Local' };
  expect(installedPlaces('win32', windows)).toEqual([
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Users\\mira\\AppData\\Local\\Google\\Chrome\\Application\\chrome.exe',
  ]);
  expect(installedPlaces('linux', { HOME: '/home/mira' })).toEqual([]);
});
