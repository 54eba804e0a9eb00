/** Tasks of the user's own, from typing to what was learned from them: names that no list has, a HotpotQA file, a set. */
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { button, expect, open, ready, region, scrollsSideways, test } from './site';

const own = (page: Page) => region(page, 'Your own data');
const form = (page: Page) => own(page).getByRole('region', { name: 'A task in your own words' });
const field = (page: Page, name: string) => form(page).getByLabel(name, { exact: true });

async function openDoor(page: Page, address: string): Promise<void> {
  await open(page, address);
  await own(page).getByRole('button', { name: 'Type facts, or open a file' }).click();
  // The example of the form has been read by the worker.
  await expect(form(page).getByRole('button', { name: 'Keep and play' })).toBeEnabled();
}

async function giveFile(page: Page, name: string, text: string): Promise<void> {
  await own(page)
    .getByLabel(/^A file of tasks/)
    .setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(text) });
}

/** In the form of HotpotQA's public files: one that the bundled policy reads, and one with paragraphs of a usual length. */
const HOTPOT = [
  {
    _id: 'a1',
    question: 'Where does Qvibble live?',
    answer: 'Wexmoor',
    supporting_facts: [['Qvibble', 0]],
    context: [
      ['Qvibble', ['Qvibble lives in Wexmoor.']],
      ['Umlo', ['Umlo is a river.']],
    ],
  },
  {
    _id: 'a2',
    question: 'In which year was the founder of Kelp Bay Radio born?',
    answer: '1931',
    supporting_facts: [
      ['Kelp Bay Radio', 0],
      ['Ida Holm', 1],
    ],
    context: [
      ['Kelp Bay Radio', ['Kelp Bay Radio was founded by Ida Holm.']],
      [
        'Ida Holm',
        [`Ida Holm ${'worked on long wave transmitters and '.repeat(30)}slept.`, ' She was born in 1931.'],
      ],
    ],
  },
];

test('facts with names nobody has heard of are typed, corrected and played to the end; the link finds them again', async ({
  page,
  site,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openDoor(page, `${site}?backend=wasm&adapter=shipped`);
  await expect(own(page).getByText(/sentence patterns were never seen, 28%/)).toBeVisible();
  await field(page, 'Message 1 says').fill('Xanthuriel lives in Бжезина.');
  await expect(form(page).getByText('Message 1, whom or what it is about:')).toBeVisible();
  await expect(form(page).getByRole('button', { name: 'Keep and play' })).toBeDisabled();
  await field(page, '1: about').fill('Xanthuriel');
  await field(page, '1: value').fill('Бжезина');
  await field(page, 'Message 3 says').fill('Xanthuriel has moved to Oghma.');
  await field(page, '3: new value').fill('Oghma');
  await field(page, 'Question').fill('Where does Xanthuriel live?');
  await field(page, 'Answers that count, one a line').fill('Oghma');
  await expect(form(page).getByText('Not told to the policy: the answer is Oghma')).toBeVisible();
  await form(page).getByRole('button', { name: 'Keep and play' }).click();
  await expect(form(page).getByText('Task 1 of “My tasks” is on view above.')).toBeVisible();
  await ready(page);
  await form(page).getByRole('button', { name: 'Play it again' }).click();
  await ready(page);
  await expect(own(page).getByText(/^1 task · /)).toBeVisible();
  await expect(page).toHaveURL(/[?&]set=[0-9a-f]{16}/);
  await expect(page.getByText('it will be asked “Where does Xanthuriel live?”')).toBeVisible();
  await button(page, 'Run episode').click();
  await expect(page.getByText('The episode is over.')).toBeVisible({ timeout: 90_000 });
  await expect(
    region(page, 'Rewards')
      .getByRole('row', { name: /maintenance/ })
      .first(),
  ).toBeVisible();
  expect(await scrollsSideways(page)).toBe(false);

  await open(page, page.url());
  await expect(page.getByText('it will be asked “Where does Xanthuriel live?”')).toBeVisible();
  await page.getByRole('button', { name: 'of your own; back to made-up ones' }).click();
  await ready(page);
  await expect(page.getByText('it will be asked “Where does Xanthuriel live?”')).toBeHidden();
  expect(page.url()).not.toContain('set=');

  await open(page, `${site}?backend=wasm&set=0123456789abcdef`);
  await expect(page.getByText('The task set 0123456789abcdef is not in this browser.')).toBeVisible();
  await page.getByRole('button', { name: 'of your own; back to made-up ones' }).click();
  await expect(page.getByText(/in stage 3 it will be asked/)).toBeVisible();
});

test('a HotpotQA file is listed with what is too long for the policy; a set goes out and in as the same bytes, is trained on and measured', async ({
  page,
  site,
}) => {
  test.setTimeout(180_000);
  await openDoor(page, `${site}?backend=wasm`);
  await giveFile(page, 'broken.json', '[{"question": "?"}]');
  await expect(
    own(page).getByText('entry 1 (line 1, column 2), answers: It is missing. Write a list.'),
  ).toBeVisible();
  await expect(own(page).getByText('None is kept here yet.')).toBeVisible();

  await giveFile(page, 'hotpot_dev.json', JSON.stringify(HOTPOT));
  const hotpot = own(page).getByRole('region', { name: 'The set hotpot_dev' });
  await expect(
    hotpot.getByText('1 of 2 fit its window, which is not understanding; the others are too long for it.'),
  ).toBeVisible();
  await expect(
    hotpot.getByText(/^Message 2 needs \d{3} tokens; the model that acts reads at most 208 at a time\./),
  ).toBeVisible();
  await expect(hotpot.getByRole('button', { name: 'Play task 2' })).toBeDisabled();
  await hotpot.getByRole('button', { name: 'Play task 1' }).click();
  await expect(page.getByText('it will be asked “Where does Qvibble live?”')).toBeVisible();
  await ready(page);

  const names = ['Zorvane', 'Ede', 'Ibbo', 'Umla', 'Qvist', 'Yrsa', 'Okke', 'Wim'];
  const lines = names.map((name, i) => {
    const town = `${['Ul', 'Os', 'Kel', 'Wex'][i % 4]}garn`;
    return JSON.stringify({
      question: `Where does ${name} live?`,
      answers: [town],
      messages: [
        { says: `${name} lives in ${town}.`, states: [{ id: 'f1', about: name, value: town, needed: true }] },
      ],
      distractors: ['In a novel, Tom lives in Rome.'],
    });
  });
  const text = `${[JSON.stringify({ 'agemem-tasks': 1, name: 'Towns' }), ...lines].join('\n')}\n`;
  await giveFile(page, 'towns.jsonl', text);
  const set = own(page).getByRole('region', { name: 'The set Towns' });
  await expect(set.getByText('6 to train on, 2 held out.')).toBeVisible();
  const download = page.waitForEvent('download');
  await set.getByRole('button', { name: 'Export as JSON Lines' }).click();
  expect(await readFile(await (await download).path(), 'utf8')).toBe(text);

  await set.getByRole('button', { name: 'Train on this set' }).click();
  const training = region(page, 'Training');
  await expect(training.getByText(/^The next run trains on your task set [0-9a-f]{16}~1/)).toBeVisible();
  for (const [label, value] of [
    ['Tasks a step', '2'],
    ['Rollouts a task', '4'],
  ]) {
    await training.getByLabel(label, { exact: true }).fill(value);
    await page.keyboard.press('Tab');
  }
  await training.getByRole('button', { name: 'One update' }).click();
  await expect(training.getByText(/^Paused after 1 step of/)).toBeVisible({ timeout: 110_000 });

  await set.getByRole('button', { name: 'Evaluate on its held-out part' }).click();
  const measured = set.getByRole('figure', { name: 'On the held-out tasks' });
  await expect(measured.getByRole('row')).toHaveCount(4, { timeout: 110_000 });
  await expect(measured.getByText(/^2 held-out tasks, 16 episodes each/)).toBeVisible();
  await expect(measured.getByRole('cell', { name: /^−?[\d.]+ ± [\d.]+$/ }).first()).toBeVisible();
  await expect(measured.getByText('trained on the other part of this set')).toBeVisible();

  await set.getByRole('button', { name: 'Delete the set …' }).click();
  await set.getByRole('button', { name: 'Delete “Towns” for good' }).click();
  await expect(own(page).getByRole('button', { name: 'Towns', exact: true })).toBeHidden();
  await expect(own(page).getByRole('button', { name: 'hotpot_dev', exact: true })).toBeVisible();
});
