/** The formulas that go along in Python against those of the lab: answers, completions, tool calls, whole episodes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUNDLED_EPISODE_CONFIG, PAPER_EPISODE_CONFIG } from '../../agent/config';
import { answering, play, textPolicy } from '../../agent/playing.fixture';
import { formatCompletion, parseCompletion } from '../../agent/protocol';
import { checkCall, isToolName, TOOL_NAMES, TOOL_SCHEMAS } from '../../agent/tool-schemas';
import type { Metadata } from '../../memory/memory';
import { computeReward } from '../../reward/reward';
import { PRESETS } from '../../rl/presets';
import { sampleTask } from '../../tasks/ladder';
import { scoreAnswer } from '../../tasks/qa/score';
import { createRandom, type Random } from '../../tasks/random';
import episodePython from './python/agemem_episode.py?raw';
import rulesPython from './python/agemem_rules.py?raw';
import { PYTHON, runPython, withPython } from './python.fixture';
import { rewardSettings } from './reward-settings';
import { filled } from './training-export';
import { workflowArgs } from './trinity-config';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rules-'));
  writeFileSync(join(folder, 'agemem_rules.py'), filled(rulesPython, rewardSettings(PRESETS.lab.config)));
  writeFileSync(join(folder, 'agemem_episode.py'), episodePython);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What a function of the rules says of each list of arguments. */
const asked = (name: string, lists: readonly (readonly unknown[])[]) =>
  runPython(
    `import json, sys\nfrom agemem_rules import ${name}\nprint(json.dumps([${name}(*a) for a in json.load(sys.stdin)]))`,
    lists,
    folder,
  ) as readonly unknown[];

const WORDS = [
  'the',
  'a',
  'An',
  'Oslo',
  'ÉTÉ',
  "O'Neil",
  '15',
  '½',
  'x-7',
  '李娜',
  'ﬁn',
  '🦉',
  ' ',
  '  ',
  '\n',
  '.',
  'theory',
  'Ünter',
];
const phrase = (random: Random) =>
  Array.from({ length: random.int(6) }, () => random.pick(WORDS)).join(random.pick([' ', '']));

const TAGS = [
  '<think>',
  '</think>',
  '<tool_call>',
  '</tool_call>',
  '<answer>',
  '</answer>',
  '```',
  '```json\n',
];
const BITS = [
  ...TAGS,
  '[{"name":"Add_memory","arguments":{"content":"x"}}]',
  '{"name":"Delete_memory","arguments":{}}',
  '[]',
  '[1]',
  '[{"arguments":{}}]',
  '[{"name":"a","arguments":3}]',
  '[{"name":"a"',
  '<tool_call>[{"name":"Add_memory","arguments":{"content":"x"}}]</tool_call>',
  'Oslo',
  ' ',
];

const VALUES = [
  '',
  ' ',
  'x',
  'all',
  '3',
  '0',
  1,
  0,
  51,
  50,
  2.5,
  true,
  false,
  {},
  { a: 1 },
  null,
  ['x'],
] as const;
/** Most often of the right type. */
function anyOf(random: Random, key: string): unknown {
  if (random.chance(0.15)) return random.pick(VALUES);
  if (key.startsWith('metadata')) return { a: 1 };
  if (key === 'top_k') return random.pick([1, 50, 0, 51, 2.5]);
  return key === 'confirmation' ? random.chance(0.8) : random.pick(['x', 'all', '3', '0', ' ']);
}

describe.skipIf(!PYTHON)(withPython('the rules in Python'), () => {
  it('score answers as the lab does', () => {
    const random = createRandom('python-answers');
    const cases = Array.from(
      { length: 2000 },
      () => [phrase(random), [phrase(random), phrase(random)]] as const,
    );
    const same = cases.map(([answer]) => [answer, [answer.toUpperCase()]] as const);
    const all = [...cases, ...same];
    expect(asked('score_answer', all)).toEqual(all.map(([answer, golds]) => scoreAnswer(answer, golds)));
  });

  it('read completions as the lab does', () => {
    const random = createRandom('python-completions');
    const texts = Array.from({ length: 3000 }, () =>
      Array.from({ length: 1 + random.int(7) }, () => random.pick(BITS)).join(''),
    );
    const here = texts.map((text) => {
      const action = parseCompletion(text);
      if (action.kind === 'answer') return ['answer', action.text];
      if (action.kind === 'tool-calls') return ['tool-calls', action.calls];
      return ['protocol-error'];
    });
    const there = asked(
      'parse_completion',
      texts.map((text) => [text]),
    ) as readonly (readonly unknown[])[];
    const said = there.map(([kind, what]) => (kind === 'protocol-error' ? [kind] : [kind, what]));
    expect(said).toEqual(here);
    for (const kind of ['answer', 'tool-calls', 'protocol-error']) {
      expect(here.filter(([is]) => is === kind).length).toBeGreaterThan(100);
    }
  });

  it('check tool calls as the lab does, in the same words', () => {
    const random = createRandom('python-calls');
    const calls = Array.from({ length: 3000 }, () => {
      const name = random.pick([...TOOL_NAMES, 'Forget_everything']);
      const known = isToolName(name) ? Object.keys(TOOL_SCHEMAS[name].function.parameters.properties) : [];
      const keys = [...known.filter(() => random.chance(0.8)), ...(random.chance(0.1) ? ['other'] : [])];
      return [name, Object.fromEntries(keys.map((key) => [key, anyOf(random, key)])) as Metadata] as const;
    });
    const here = calls.map(([name, args]) => {
      const checked = checkCall({ name, arguments: args });
      return checked.ok ? null : checked.message;
    });
    expect(here.filter((message) => message === null).length).toBeGreaterThan(50);
    expect(asked('check_call', calls)).toEqual(here);
  });
});

/** Calls whose replies do not depend on how likeness is measured. */
function someText(random: Random, answers: readonly string[]): string {
  if (random.chance(0.12))
    return random.pick(['', 'Oslo', '<tool_call>[]</tool_call>', '<tool_call>[{"name":"Add']);
  if (random.chance(0.3)) return answering(random.pick([...answers, 'ok', '', 'Oslo in Norway']));
  const id = `m${1 + random.int(3)}`;
  const calls = Array.from({ length: random.chance(0.3) ? 2 : 1 }, () =>
    random.pick<{ name: string; arguments: Metadata }>([
      {
        name: 'Add_memory',
        arguments: { content: random.pick(['Mira lives in Oslo', ' Tom plays the cello ']) },
      },
      { name: 'Update_memory', arguments: { memory_id: id, content: 'Mira lives in Rome' } },
      { name: 'Delete_memory', arguments: { memory_id: id, confirmation: random.chance(0.8) } },
      { name: 'Forget_everything', arguments: {} },
    ]),
  );
  return formatCompletion(random.pick(['', 'hm']), { kind: 'tool-calls', calls });
}

describe.skipIf(!PYTHON)(withPython('an episode in Python'), () => {
  it('has the prompts, the length and the parts of the lab’s, whatever the policy says', async () => {
    const random = createRandom('python-episodes');
    const inputs: unknown[] = [];
    const expected: unknown[] = [];
    for (let i = 0; i < 120; i++) {
      const task = sampleTask(random.int(2 ** 31), 'train');
      const preset = random.pick([BUNDLED_EPISODE_CONFIG, PAPER_EPISODE_CONFIG]);
      const steps = 1 + random.int(2);
      const config = {
        ...preset,
        stepsPerMessage: { 1: steps, 2: steps },
        introspection: 'off',
        // Tokens are counted by a tokenizer that Python has not.
        hardPromptTokens: 1e9,
        maxContextTokens: 1e8,
      } as const;
      const said: string[] = [];
      const prompts: unknown[] = [];
      const policy = textPolicy(({ messages }) => {
        prompts.push(messages.map(plain));
        const text = someText(random, task.answers);
        said.push(text);
        return text;
      });
      const episode = await play(policy, { task, config });
      const { task: answer, penalty } = computeReward(episode.log, task);
      const parts = { task: answer.value, rounds: penalty.rounds.value, malformed: penalty.malformed.value };
      expected.push({ prompts, parts });
      inputs.push({ task, said, settings: workflowArgs(config) });
    }
    const program = [
      'import json, sys',
      'from agemem_episode import Episode',
      'out = []',
      'for case in json.load(sys.stdin):',
      '    episode, prompts = Episode(case["task"], case["settings"]), []',
      '    for text in case["said"]:',
      '        prompts.append(episode.prompt())',
      '        episode.take(text)',
      '    assert episode.done',
      '    out.append({"prompts": prompts, "parts": episode.parts()})',
      'print(json.dumps(out))',
    ].join('\n');
    const there = runPython(program, inputs, folder) as readonly { prompts: Message[][]; parts: unknown }[];
    expect(there.map(({ prompts, parts }) => ({ prompts: prompts.map((p) => p.map(plain)), parts }))).toEqual(
      expected,
    );
    const rounds = new Set((expected as { parts: { rounds: number } }[]).map(({ parts }) => parts.rounds));
    expect(rounds).toEqual(new Set([0, -1]));
  });
});

interface Message {
  readonly role: string;
  readonly content: string;
}

/** The reason for which JSON cannot be read is told in other words. */
const plain = ({ role, content }: Message): Message => ({
  role,
  content: role === 'tool' ? content.replace(/^error: .* at \d+$/, 'error') : content,
});
