/**
 * The lessons, gone through as a reader would: opened, read step by step, the wrong thing tried, then what is asked.
 * And what a teacher needs: links that leave parts out, and large type.
 */
import type { Page } from '@playwright/test';
import { LESSONS } from '../src/lab/lessons/lessons';
import { GROUP_PARTS, PART_NAMES } from '../src/lab/shell/parts';
import { button, expect, open, ready, region, scrollsSideways, test } from './site';

const lessons = (page: Page) => page.getByRole('complementary', { name: 'Lessons' });
const press = (page: Page, name: string) => lessons(page).getByRole('button', { name, exact: true }).click();
const verdict = (page: Page) => lessons(page).locator('.verdict');
const passed = (page: Page) => expect(verdict(page)).toContainText('That is it.', { timeout: 90_000 });
const notPassed = async (page: Page, words: string | RegExp) => {
  await expect(verdict(page)).toContainText(words, { timeout: 90_000 });
  await expect(verdict(page)).not.toContainText('That is it.');
};

/** Opens a lesson from the list, which sets the lab up, and goes on to its question. */
async function toQuestion(page: Page, site: string, number: number): Promise<void> {
  await open(page, `${site}?view=lessons&backend=wasm`);
  await lessons(page)
    .getByRole('button', { name: new RegExp(`^${number} ${LESSONS[number - 1].title}`) })
    .or(lessons(page).getByRole('button', { name: new RegExp(`^${LESSONS[number - 1].title}`) }))
    .click();
  await expect(lessons(page).getByRole('heading', { level: 2 })).toHaveText(LESSONS[number - 1].title);
  await ready(page);
  for (const step of LESSONS[number - 1].steps) {
    // Some parts come with the group that the lesson asks for.
    if (step.at && !GROUP_PARTS.includes(step.at)) {
      await expect(page.locator(`[data-lesson="${step.at}"]`)).toBeInViewport();
      await expect(page.locator(`[data-lesson="${step.at}"]`)).toHaveCSS('outline-style', 'solid');
    }
    if (step.formula) await expect(lessons(page).locator('.katex-html')).toBeVisible();
    if (step.set?.to.exhibit) {
      await press(page, step.set.label);
      await expect(page.locator('.exhibit')).toBeInViewport();
    }
    await lessons(page)
      .getByRole('button', { name: /^(Next step|To the question)$/ })
      .click();
  }
  await expect(lessons(page).getByText('Now you')).toBeVisible();
  await expect(verdict(page)).not.toContainText('That is it.');
}

async function playToTheEnd(page: Page): Promise<void> {
  await ready(page);
  await button(page, 'Run episode').click();
  await expect(page.getByText('The episode is over.')).toBeVisible({ timeout: 90_000 });
}

/** Goes back through the moments until the lesson is passed; says how many were not what was asked. */
async function backUntilPassed(page: Page): Promise<number> {
  const slider = page.getByRole('slider', { name: 'Moment of the episode' });
  let tried = 0;
  for (let at = Number(await slider.inputValue()); at > 0; at--, tried++) {
    if ((await verdict(page).textContent())?.includes('That is it.')) return tried;
    await button(page, 'Back').click();
    await expect(slider).toHaveValue(String(at - 1));
  }
  return tried;
}

test('1: the reset alone shows why there are two memories', async ({ page, site }) => {
  await toQuestion(page, site, 1);
  await playToTheEnd(page);
  await notPassed(page, 'the context is not emptied here');
  expect(await backUntilPassed(page)).toBeGreaterThan(0);
  await passed(page);
  await expect(region(page, 'Short-term memory')).toContainText('by the reset');
  await button(page, 'Back').click();
  await notPassed(page, 'the context is not emptied here');
});

test('2: the tool that made the context shorter, not the reset', async ({ page, site }) => {
  await toQuestion(page, site, 2);
  await playToTheEnd(page);
  await notPassed(page, 'no message leaves the context');
  expect(await backUntilPassed(page)).toBeGreaterThan(0);
  await passed(page);
  await expect(verdict(page)).toContainText(/Summary_context|Filter_context/);
});

test('3: what was stored comes back on the other side of the reset', async ({ page, site }) => {
  await toQuestion(page, site, 3);
  await playToTheEnd(page);
  await notPassed(page, 'no tool is called in it');
  await backUntilPassed(page);
  await passed(page);
  await expect(verdict(page)).toContainText('brought back');
});

test('4: paid for a wrong answer; with the answer alone paid, no longer', async ({ page, site }) => {
  await toQuestion(page, site, 4);
  await notPassed(page, 'not been played to its end');
  const said: string[] = [];
  for (let seed = 1; seed <= 12; seed++) {
    await playToTheEnd(page);
    await expect(verdict(page)).toContainText('It was paid');
    said.push((await verdict(page).textContent()) ?? '');
    if (said[said.length - 1].includes('That is it.')) break;
    await button(page, 'Next task').click();
    await ready(page);
  }
  await passed(page);
  expect(said.length).toBeGreaterThan(1);
  expect(said.slice(0, -1).every((words) => /less than 0\.4|its answer is right/.test(words))).toBe(true);
  await press(page, 'Pay for the answer alone');
  await playToTheEnd(page);
  await notPassed(page, 'each part has to weigh 1/3');
  await expect(region(page, 'Rewards').locator('.total-value')).toHaveText('0');
  await expect(lessons(page).getByText('You have answered this question before.')).toBeVisible();
});

test('5: a group with spread teaches, one without does not', async ({ page, site }) => {
  await toQuestion(page, site, 5);
  await button(page, 'Run group').click();
  await notPassed(page, 'this group teaches');
  await page.getByLabel('Rollouts', { exact: true }).fill('2');
  await page.getByLabel('Seed', { exact: true }).fill('4');
  await page.keyboard.press('Enter');
  await ready(page);
  await button(page, 'Run group').click();
  await passed(page);
  await expect(region(page, 'Group')).toContainText('No spread.');
});

test('6: a step on which the fork and the broadcast do not agree', async ({ page, site }) => {
  await toQuestion(page, site, 6);
  await button(page, 'Run group').click();
  await notPassed(page, 'forked yet');
  const fork = region(page, 'Group').getByRole('region', { name: 'Fork', exact: true });
  const said: string[] = [];
  for (let rollout = 1; rollout <= 8 && !said.some((words) => words.includes('That is it.')); rollout++) {
    await region(page, 'Group')
      .getByRole('radio')
      .nth(rollout - 1)
      .check();
    for (const step of ['1', '2', '3']) {
      await fork.getByLabel('From before step').selectOption(step);
      await fork.getByRole('button', { name: 'Fork here' }).click();
      await expect(verdict(page)).toContainText(new RegExp(`Step ${step} of rollout ${rollout}( gets|:)`), {
        timeout: 90_000,
      });
      said.push((await verdict(page).textContent()) ?? '');
      if (said[said.length - 1].includes('That is it.')) break;
    }
  }
  await passed(page);
  expect(said.slice(0, -1).every((words) => /the same way|too close to tell/.test(words))).toBe(true);
});

test('7: the base policy has no adapter; after one update yours adds something', async ({ page, site }) => {
  await open(page, `${site}?backend=wasm`);
  await toQuestion(page, site, 7);
  await ready(page);
  await button(page, 'Step').click();
  await ready(page);
  await button(page, 'Look inside').click();
  await notPassed(page, 'a token of the base policy');
  for (let back = 0; back < 3; back++) await press(page, 'Previous step');
  await press(page, 'Set up a run of one update');
  await expect(page).toHaveURL(/steps=1&tasks=2&rollouts=8/);
  await button(page, 'Train').click();
  await expect(page.getByText('Finished: 1 step.')).toBeVisible({ timeout: 120_000 });
  for (let on = 0; on < 3; on++) {
    await lessons(page)
      .getByRole('button', { name: /^(Next step|To the question)$/ })
      .click();
  }
  await page.getByLabel('Played by').selectOption('trained');
  await ready(page);
  await button(page, 'Step').click();
  await ready(page);
  await notPassed(page, 'Now look inside');
  await button(page, 'Look inside').click();
  await passed(page);
  await expect(verdict(page)).toContainText(/it added most to \w+: a vector of norm/);
  // The next run is the reader's again, not the lesson's of one update.
  await lessons(page).getByRole('button', { name: 'Close the lessons' }).click();
  await expect(page).not.toHaveURL(/steps=|tasks=|rollouts=|evaluate=/);
});

test('8: better where it was trained, worse somewhere else', async ({ page, site }) => {
  await toQuestion(page, site, 8);
  await button(page, 'Replay side by side').click();
  await notPassed(page, 'Base policy: ');
  await press(page, 'Previous step');
  await press(page, 'Set up sentences never seen');
  await ready(page);
  await press(page, 'To the question');
  for (let seed = 1; seed <= 12; seed++) {
    const before = await page.getByRole('article', { name: 'Base policy' }).textContent();
    await button(page, 'Replay side by side').click();
    await expect(page.getByRole('article', { name: 'Base policy' })).not.toHaveText(before ?? '', {
      timeout: 90_000,
    });
    if ((await verdict(page).textContent())?.includes('That is it.')) break;
    await button(page, 'Next task').click();
    await ready(page);
  }
  await passed(page);
});

test('progress stays in this browser, the address opens a lesson, and the back button leaves it', async ({
  page,
  site,
}) => {
  await open(page, `${site}?backend=wasm`);
  await page.getByRole('link', { name: 'Lessons' }).click();
  await expect(page).toHaveURL(/view=lessons/);
  await expect(lessons(page).getByText('0 of 8 done')).toBeVisible();
  await lessons(page)
    .getByRole('button', { name: /Why two memories/ })
    .click();
  await expect(page).toHaveURL(/lesson=1/);
  await ready(page);
  await press(page, 'Next step');
  await page.reload();
  await ready(page);
  await expect(lessons(page).getByText('Short-term memory C is the context')).toBeVisible();
  for (let step = 1; step < LESSONS[0].steps.length; step++) {
    await lessons(page)
      .getByRole('button', { name: /^(Next step|To the question)$/ })
      .click();
  }
  await playToTheEnd(page);
  await backUntilPassed(page);
  await passed(page);
  await press(page, 'All lessons');
  await expect(lessons(page).getByText('1 of 8 done')).toBeVisible();
  await page.reload();
  await expect(lessons(page).getByText('1 of 8 done')).toBeVisible();
  await expect(lessons(page).getByRole('button', { name: 'Why two memories (done)' })).toBeVisible();
  await press(page, 'Forget my progress');
  await expect(lessons(page).getByText('0 of 8 done')).toBeVisible();
  await lessons(page).getByRole('button', { name: /LoRA/ }).click();
  await expect(page).toHaveURL(/lesson=7/);
  await page.goBack();
  await expect(lessons(page).getByText('0 of 8 done')).toBeVisible();
  await press(page, 'Close the lessons');
  await expect(lessons(page)).toBeHidden();
  await page.goto(`${site}?lesson=99&backend=wasm`);
  await expect(lessons(page).getByText('There is no lesson 99.')).toBeVisible();
});

test('formulas are set with the fonts of this site, under its policy, and read aloud as MathML', async ({
  page,
  site,
}) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await open(page, `${site}?lesson=5&backend=wasm`);
  await press(page, 'Next step');
  const formula = lessons(page).locator('.katex');
  await expect(formula).toBeVisible();
  await expect.poll(() => page.evaluate(() => document.fonts.check('16px KaTeX_Math'))).toBe(true);
  const loaded = await page.evaluate(() =>
    [...document.fonts].filter(({ status }) => status === 'loaded').map(({ family }) => family),
  );
  expect(loaded).toContain('KaTeX_Math');
  // Heights set element by element are in force: the parts of a fraction stand above one another.
  const style = formula.locator('.vlist [style]').first();
  expect(await style.evaluate((element) => (element as HTMLElement).style.top)).not.toBe('');
  expect(await formula.locator('math').count()).toBe(1);
  const origin = new URL(site).origin;
  expect(
    asked.filter((url) => !url.startsWith(origin) && !url.startsWith('blob:') && !url.startsWith('data:')),
  ).toEqual([]);
});

test('a link leaves parts out, for the eye, the keyboard and the screen reader; a lesson can bring one back', async ({
  page,
  site,
}) => {
  // A question alone has no world to see (worlds.spec.ts).
  const ALWAYS = PART_NAMES.filter((name) => name !== 'world');
  await open(page, `${site}?backend=wasm`);
  await button(page, 'Run group').click();
  await expect(page.locator('[data-lesson="fork"]')).toBeVisible({ timeout: 90_000 });
  for (const name of ALWAYS) {
    await expect(page.locator(`[data-lesson="${name}"]`), name).toHaveCount(1);
    await expect(page.locator(`[data-lesson="${name}"]`), name).toBeVisible();
  }
  // Each part is the whole of it: opening what it holds does not take its name away.
  await region(page, 'What if').getByRole('button', { name: 'Change something' }).click();
  await expect(region(page, 'What if').getByRole('region', { name: 'Exhibits' })).toBeVisible();
  for (const name of ALWAYS) {
    await expect(page.locator(`[data-lesson="${name}"]`), name).toHaveCount(1);
    await expect(page.locator(`[data-lesson="${name}"]`), name).toBeVisible();
  }
  await expect(page.locator('[data-lesson="what-if"]')).toHaveRole('region');
  await page.goto(`${site}?backend=wasm&hide=${PART_NAMES.join(',')}`);
  await expect(page.getByRole('heading', { name: 'AgeMem Lab' })).toBeVisible();
  for (const name of PART_NAMES) await expect(page.locator(`[data-lesson="${name}"]`), name).toBeHidden();
  await expect(page.getByRole('button')).toHaveCount(0);
  await expect(page.getByRole('heading')).toHaveText(['AgeMem Lab']);

  await page.goto(`${site}?backend=wasm&hide=policy,inside&lesson=1`);
  await expect(lessons(page).getByText('Policy output is hidden by this link.')).toBeVisible();
  await press(page, 'Bring it back');
  await expect(region(page, 'Policy output')).toBeInViewport();
  await expect(page).toHaveURL(/hide=inside(&|$)/);

  await press(page, 'All lessons');
  await lessons(page).getByText('For a class').click();
  await lessons(page)
    .getByRole('checkbox', { name: /^Group / })
    .check();
  await expect(page).toHaveURL(/hide=inside,group(&|$)/);
  await expect(region(page, 'Group')).toBeHidden();
});

test('the address holds every setting of a run, and a link brings them back', async ({ page, site }) => {
  await open(page, `${site}?backend=wasm`);
  const training = region(page, 'Training');
  await training.getByLabel('Steps', { exact: true }).fill('3');
  await training.getByLabel('Learning rate').fill('0.002');
  await training.getByLabel('Run seed').fill('9');
  await page.keyboard.press('Tab');
  await training.getByLabel('Reward weights').selectOption('answer-only');
  await expect(page).toHaveURL(/steps=3/);
  const link = page.url();
  await page.goto('about:blank');
  await open(page, link);
  await expect(training.getByLabel('Steps', { exact: true })).toHaveValue('3');
  await expect(training.getByLabel('Learning rate')).toHaveValue('0.002');
  await expect(training.getByLabel('Run seed')).toHaveValue('9');
  await expect(training.getByLabel('Reward weights')).toHaveValue('answer-only');
  await training.getByLabel('Preset').selectOption('paper');
  await expect(page).not.toHaveURL(/steps=|lr=|runSeed=|weights=/);
});

test('presenting: large type by button, key and link, on a wall and without scrolling sideways', async ({
  page,
  site,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await open(page, `${site}?backend=wasm`);
  const size = () =>
    page
      .locator('.message-text')
      .first()
      .evaluate((e) => Number.parseFloat(getComputedStyle(e).fontSize));
  const small = await size();
  await button(page, 'Present').click();
  await expect(page).toHaveURL(/present=1/);
  expect(await size()).toBeGreaterThan(small * 1.35);
  expect(await scrollsSideways(page)).toBe(false);
  await page.keyboard.press('F2');
  await expect(page).not.toHaveURL(/present/);
  expect(await size()).toBe(small);
  await page.keyboard.press('F2');
  await expect(button(page, 'Stop presenting')).toHaveAttribute('aria-pressed', 'true');
  await page.reload();
  expect(await size()).toBeGreaterThan(small * 1.35);
});

test('on a phone a lesson lies below what it points at, and both can be used', async ({ page, site }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page, `${site}?lesson=1&backend=wasm`);
  await press(page, 'Next step');
  const part = page.locator('[data-lesson="stm"]');
  await expect(part).toBeInViewport();
  const room = async () => {
    const [top, lesson] = await Promise.all([
      part.evaluate((element) => element.getBoundingClientRect().top),
      lessons(page).evaluate((element) => element.getBoundingClientRect().top),
    ]);
    return lesson - top;
  };
  await expect.poll(room).toBeGreaterThan(100);
  expect(await scrollsSideways(page)).toBe(false);
  for (const control of await lessons(page).getByRole('button').all()) {
    const box = await control.boundingBox();
    expect(Math.min(box?.height ?? 0, box?.width ?? 0)).toBeGreaterThanOrEqual(24);
  }
});

test('keys alone: open a lesson, read it, answer it', async ({ page, site }) => {
  await open(page, `${site}?backend=wasm`);
  await page.getByRole('link', { name: 'Lessons' }).focus();
  await page.keyboard.press('Enter');
  await expect(lessons(page).getByRole('heading', { name: 'Lessons' })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(lessons(page).getByRole('heading', { name: 'Why two memories' })).toBeFocused();
  await ready(page);
  const next = lessons(page).getByRole('button', { name: /^(Next step|To the question)$/ });
  await next.focus();
  for (const _ of LESSONS[0].steps) await page.keyboard.press('Enter');
  await button(page, 'Run episode').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText('The episode is over.')).toBeVisible({ timeout: 90_000 });
  await button(page, 'Reset').focus();
  for (let at = 0; at < 12; at++) {
    if ((await verdict(page).textContent())?.includes('That is it.')) break;
    await page.keyboard.press('ArrowLeft');
    await page.waitForTimeout(50);
  }
  await passed(page);
});

test('on a software WebGPU: a lesson, one update, and the update taken back', async ({ page, site }) => {
  test.skip(!process.env.SOAK, 'most of a minute on two cores: for the soak');
  await open(
    page,
    `${site}?backend=webgpu&lesson=7&steps=2&tasks=1&rollouts=2&evaluate=0&difficulty=one-fact`,
  );
  await press(page, 'Next step');
  await expect(lessons(page).locator('.katex-html')).toBeVisible();
  const training = region(page, 'Training');
  await button(page, 'One update').click();
  await expect(training.getByText(/^Paused after 1 step of 2/)).toBeVisible({ timeout: 110_000 });
  await training.getByRole('button', { name: 'Undo update 1' }).click();
  await expect(training.getByText(/^Paused after 0 steps of 2/)).toBeVisible();
  await expect(training.getByRole('button', { name: 'Undo update' })).toBeDisabled();
});
