/** The views of an ablation over made-up runs: what is said of the paper follows the numbers, in both languages. */
import { renderToStaticMarkup } from 'react-dom/server';
import { afterEach, expect, test } from 'vitest';
import { phrase, speak } from '../language/language';
import { type MadeUp, madeUpAblation } from './ablation.fixture';
import type { AblationFile } from './ablation-evidence';
import { readAblation } from './ablation-lines';
import { ClaimsView } from './claims-view';
import { ComponentsView } from './components-view';
import { CurvesView } from './curves-view';

const made = (how: MadeUp = {}) => readAblation(madeUpAblation(how));
const text = (markup: string) => markup.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');

/** Trained variants score better, call `Filter_context` less and cost more tokens than RAG. */
const base: MadeUp['base'] = (method, metric) => {
  if (method !== 'agemem') return undefined;
  if (metric === 'score') return 0.75;
  if (metric === 'calls Filter_context') return 0.1;
  return metric === 'prompt-tokens' ? 70 : undefined;
};

afterEach(() => speak('en'));

test('claims: what holds, what goes the other way and what cannot be told, by name and row by row', async () => {
  const view = <ClaimsView ablation={made({ base })} />;
  const shown = text(renderToStaticMarkup(view));
  expect(shown).toMatch(
    /Holds here: RL against no RL \(score\); .*All rewards against the answer alone \(score, /,
  );
  expect(shown).toMatch(/Goes the other way here: [^.]*Filter_context[^.]*\./);
  expect(shown).toContain(
    'Depends on how it is counted: Short-term tools against RAG, both trained (prompt tokens a step: the other way, prompt tokens an episode: cannot be told).',
  );
  expect(shown).toMatch(
    /score table 2 0\.45 → 0\.54 0\.54 → 0\.55 0\.50 → 0\.75 \+0\.25 \[\+0\.25, \+0\.25\] holds/,
  );
  expect(shown).toMatch(/Filter_context table 3 0\.02 → 0\.31 .* −0\.40 \[−0\.40, −0\.40\] the other way/);
  expect(shown).toMatch(
    /Summary_context table 3 1\.08 → 0\.82 .* 0\.00 \[0\.00, 0\.00\] no one direction in the paper/,
  );
  await speak('zh');
  expect(text(renderToStaticMarkup(view))).toContain('在这里方向相反：');
});

test('claims: the sentence counts the rows of the table, tokens of RAG once, and says how many seeds and what chance does', () => {
  const markup = renderToStaticMarkup(<ClaimsView ablation={made({ base, seeds: 3 })} />);
  const [, claims, holds, other, open, depends] =
    /Of (\d+) claims of the paper (\d+) holds? here; (\d+) the other way; (\d+) cannot be told; for (\d+) it depends/.exec(
      text(markup),
    ) ?? [];
  const rows = (finding: string) => markup.match(new RegExp(`finding-${finding}"`, 'g'))?.length ?? 0;
  // Tokens against RAG go the other way a step, and cannot be told an episode.
  expect([holds, other, open, depends].map(Number)).toEqual([
    rows('holds'),
    rows('other') - 1,
    rows('open') - 1,
    1,
  ]);
  expect(Number(claims)).toBe(rows('holds') + rows('other') + rows('open') - 1);
  const byChance = (Number(claims) / 20).toFixed(1);
  expect(text(markup)).toContain(
    `Each rests on 3 seeds. Were there no differences at all, about ${byChance} of ${claims} claims`,
  );
});

test('claims: the sentence over them is whole, of one that holds too', async () => {
  const sentence = (of: MadeUp['base']) =>
    /<strong>(.*?)<\/strong>/.exec(renderToStaticMarkup(<ClaimsView ablation={made({ base: of })} />))?.[1];
  const unlike =
    (quality: number): MadeUp['base'] =>
    (method, metric) =>
      method === 'answer-only' && metric === 'memory-quality' ? quality : undefined;
  expect(sentence(unlike(0.1))).toBe(
    'Of 15 claims of the paper 1 holds here; 0 the other way; 14 cannot be told; for 0 it depends on how it is counted.',
  );
  expect(sentence(unlike(0.9))).toBe(
    'Of 15 claims of the paper 0 hold here; 1 the other way; 14 cannot be told; for 0 it depends on how it is counted.',
  );
  await speak('zh');
  expect(sentence(unlike(0.1))).toBe(
    '论文的 15 条结论中，1 条在这里成立；0 条方向相反；14 条无法判断；0 条取决于如何计数。',
  );
});

test('claims: memory quality says that it is held against no RL here, and not against all methods', async () => {
  const rows = () =>
    renderToStaticMarkup(<ClaimsView ablation={made()} />)
      .split('<tr>')
      .map(text);
  const noted = rows().filter((row) => row.includes('the table of methods says under “memory quality”.'));
  expect(noted).toHaveLength(1);
  expect(noted[0]).toMatch(
    /^ memory quality figure 2 The paper: the highest of all methods, .* highest: 0\.53/,
  );
  await speak('zh');
  expect(rows().filter((row) => row.includes('论文：所有方法中最高，'))).toHaveLength(1);
});

test('claims: what kind of score stands beside the paper’s is said, and worlds that were not played are named', () => {
  const shown = (environments: readonly string[]) =>
    text(renderToStaticMarkup(<ClaimsView ablation={made({ environments })} />));
  expect(shown(['qa'])).toContain('an LLM judge’s; ours are exact match or else F1, about people');
  expect(shown(['babyai'])).toContain('an LLM judge’s; ours are the world’s own.');
  expect(shown(['qa'])).toMatch(/Not in this recording: Carried over .*\(.*BabyAI: a grid/);
});

test('claims: a world that was not played says so, and which recording was carried over to it', async () => {
  const file = (id: string, environments: AblationFile['environments']): AblationFile => ({
    id,
    policy: phrase('the bundled policy'),
    environments,
    load: () => Promise.reject(new Error('It is not to be read.')),
  });
  const row = (files: readonly AblationFile[], world: string) =>
    renderToStaticMarkup(<ClaimsView ablation={made()} files={files} />)
      .split('<tr>')
      .map(text)
      .find((one) => one.includes(`${world} table 2`));
  const hint = 'not in this recording; choose “the bundled policy” above';
  expect(row([file('a', ['qa'])], 'BabyAI: a grid')).toMatch(/not in this recording $/);
  const both = [file('a', ['qa']), file('b', ['hotpotqa', 'babyai'])];
  expect(row(both, 'BabyAI: a grid')).toContain(hint);
  // Trained there: nothing was carried over.
  expect(row(both, 'HotpotQA: articles')).toMatch(/not in this recording $/);
  await speak('zh');
  expect(text(renderToStaticMarkup(<ClaimsView ablation={made()} files={both} />))).toContain(
    '这份记录中没有；请在上方选择“自带策略”',
  );
});

test('worlds beside what was trained on have a part of their own, and a choice among the components', () => {
  const ablation = made({ environments: ['hotpotqa', 'babyai'] });
  expect(text(renderToStaticMarkup(<ClaimsView ablation={ablation} />))).toMatch(
    /Carried over to worlds .* BabyAI: a grid table 2/,
  );
  expect(renderToStaticMarkup(<ComponentsView ablation={ablation} />).match(/<option/g)).toHaveLength(2);
  expect(renderToStaticMarkup(<ComponentsView ablation={made()} />)).not.toContain('<option');
});

test('components: ours with its interval beside the paper’s', () => {
  const shown = text(renderToStaticMarkup(<ComponentsView ablation={made({ base })} />));
  expect(shown).toMatch(
    /AgeMem \+LT\/ST\/RL 0\.75 \[0\.75, 0\.75\] 0\.50 \[0\.50, 0\.50\] 70\.0 \[70\.0, 70\.0\] 0\.54 0\.55/,
  );
});

test('components: where every tool is refused there is no memory quality', () => {
  const markup = renderToStaticMarkup(<ComponentsView ablation={made()} />);
  expect(text(markup)).toMatch(/every tool refused Base 0\.50 \[[^\]]*\] – 0\.5 /);
  expect(text(markup).match(/–/g)).toHaveLength(1);
});

test('curves: one seed has no interval, and so no band', () => {
  const markup = renderToStaticMarkup(<CurvesView ablation={made({ seeds: 1 })} />);
  expect(markup.match(/<svg/g)).toHaveLength(5);
  expect(markup).not.toContain('class="band"');
});

test('curves: a line, a band and a label for each arm that was trained, in every chart', () => {
  const markup = renderToStaticMarkup(<CurvesView ablation={made()} />);
  expect(markup.match(/<svg/g)).toHaveLength(5);
  expect(markup.match(/class="band"/g)).toHaveLength(15);
  expect(text(markup)).toContain('trained with all rewards went from 0.503 to 0.503 score');
  const without = renderToStaticMarkup(<CurvesView ablation={made({ steps: 0 })} />);
  expect(without).toBe('');
});

test('claims: where too much does not fit it says that nothing is judged, and how much; a little is not worth the words', () => {
  const rows = (share: number) =>
    text(renderToStaticMarkup(<ClaimsView ablation={made({ unfit: () => share })} />));
  expect(rows(0.21)).toContain('not judged: up to 21% do not fit');
  expect(rows(0.01)).not.toContain('do not fit');
});
