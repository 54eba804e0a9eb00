/** What the judge's views show of judgements that are known: figures, charts, failures in words, in both languages. */
import { renderToStaticMarkup } from 'react-dom/server';
import { afterEach, expect, test } from 'vitest';
import { MIRA_TASK, play } from '../../agent/playing.fixture';
import type { Policy } from '../../agent/policy';
import { perfectAgent } from '../../reward/agents.fixture';
import { judgeEpisodes } from '../../reward/judge/judge';
import { asked, fallibleJudge, ruleJudge, score } from '../../reward/judge/judge.fixture';
import { agreementOf } from '../../rl/judge-agreement';
import { interval } from '../../statistics/interval';
import type { AgreementRun, JudgeFacts } from '../../worker/judge-protocol';
import { speak } from '../language/language';
import { AgreementView } from './agreement-view';
import { JudgementView } from './judgement-view';

const FACTS: JudgeFacts = {
  model: 'Rule',
  policyId: 'rule-judge',
  prompts: 'short',
  constrained: false,
  ms: 1234,
};

async function judged(policy: Policy) {
  const { log } = await play(perfectAgent);
  const [judgement] = await judgeEpisodes([{ log, task: MIRA_TASK }], {
    policy,
    window: null,
    seed: 1,
    size: 'short',
  });
  return judgement;
}

const text = (markup: string) => markup.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');

afterEach(() => speak('en'));

test('a judgement: both scores, the words of the judge, what failed and why, the cost', async () => {
  const judgement = await judged(
    ruleJudge((request) => {
      if (asked(request) === 'task') return score(0.5);
      if (asked(request) === 'relevance') return '<reason>It says where.</reason><score>0.8</score>';
      return '<b>fine</b>';
    }),
  );
  const view = <JudgementView run={{ judgement, facts: FACTS }} />;
  const shown = text(renderToStaticMarkup(view));
  expect(shown).toMatch(/answer 1 0\.5 −0\.5/);
  expect(shown).toMatch(/relevance 1 0\.8 −0\.2 .*It says where\./);
  expect(shown).toMatch(/storage 1 failed –/);
  expect(shown).toContain('m1: Mira lives in Oslo Unreadable: it wrote no score.');
  expect(shown).toContain('Asked once more, unreadable: it wrote no score.');
  // As it came, and inert.
  expect(renderToStaticMarkup(view)).toContain('&lt;b&gt;fine&lt;/b&gt;');
  expect(shown).toContain('Where the judge failed the score of the rules stays in the sum.');
  expect(shown).toContain('6 questions, of which 2 a second time;');
  expect(shown).toContain('1.2 s');
  await speak('zh');
  expect(text(renderToStaticMarkup(view))).toContain('无法读取：没有写分数。');
});

test('agreement: a chart for each part with pairs, counts of right and wrong, dashes where nothing can be said', async () => {
  const judgements = [
    await judged(ruleJudge(() => score(1))),
    await judged(ruleJudge(() => score(0.4))),
    await judged(ruleJudge((request) => (asked(request) === 'storage' ? 'no' : score(0)))),
  ];
  const run: AgreementRun = {
    episodes: 3,
    player: 'demonstrator',
    parts: (['task', 'relevance', 'storage'] as const).map((part) => agreementOf(part, judgements)),
    totals: {
      ruled: interval(judgements.map(({ ruled }) => ruled.total)),
      judged: interval(judgements.map((one) => one.judged.total)),
    },
    failures: [{ failure: 'no-score', count: 4, example: 'no' }],
    cost: judgements[0].cost,
    facts: FACTS,
  };
  const markup = renderToStaticMarkup(<AgreementView run={run} />);
  const shown = text(markup);
  expect(markup.match(/class="agreement-chart"/g)).toHaveLength(3);
  // All three are right by the rules, and the judge calls one of them right.
  expect(shown).toMatch(/Rules: right 1 2 Rules: wrong 0 0/);
  expect(shown).toMatch(/answer 3 0 \(0% to 56%\) −0\.53 ± 1\.25 – – 0/);
  expect(shown).toContain('1 of 3: rules 1, judge 0.4');
  expect(shown).toContain('4 times: it wrote no score. One of them: no');
});

test('without any pair there is no chart and no table of right and wrong', async () => {
  const judgements = [await judged(fallibleJudge({ wrong: 0, garbled: 1 }))];
  const run: AgreementRun = {
    episodes: 1,
    player: 'model',
    parts: (['task', 'relevance', 'storage'] as const).map((part) => agreementOf(part, judgements)),
    totals: { ruled: interval([0.5]), judged: interval([0.5]) },
    failures: [],
    cost: judgements[0].cost,
    facts: { ...FACTS, constrained: true },
  };
  const markup = renderToStaticMarkup(<AgreementView run={run} />);
  expect(markup).not.toContain('class="agreement-chart"');
  expect(text(markup)).not.toContain('Rules: right');
  expect(text(markup)).toMatch(/answer 0 1 \(21% to 100%\) – – – –/);
  expect(text(markup)).toContain('It could write nothing but a score.');
});
