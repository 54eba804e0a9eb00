/**
 * What this adapter believes of WebLLM, held against WebLLM itself where no GPU is needed: the prompts it writes, the
 * tokens it makes of them, and what its XGrammar lets through of the protocol's grammar.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import type { ChatMessage } from '../../agent/policy';
import { formatCompletion, parseCompletion } from '../../agent/protocol';
import { protocolGrammar } from '../../agent/protocol-grammar';
import { scoreGrammar } from '../../agent/score-language';
import { readTokenizer } from '../../engine/model/tokenizer';
import { createRandom } from '../../tasks/random';
import { answerHead, chatFor, NO_THINKING, promptTexts, readChatFrame } from './chat-frame';
import { BUNDLED_CONV, WITHOUT_TOOLS } from './mlc-folder.fixture';
import { BUNDLED_TOKENIZER } from './node-folder.fixture';
import {
  type RealMatcher,
  type RealTokenizer,
  type WebLlmInside,
  webLlmInside,
} from './web-llm-inside.fixture';

const ours = readTokenizer(new TextEncoder().encode(BUNDLED_TOKENIZER));
const STOP = 1;
let inside: WebLlmInside;
let theirs: RealTokenizer;

beforeAll(async () => {
  inside = await webLlmInside();
  theirs = await inside.tokenizers.Tokenizer.fromJSON(new TextEncoder().encode(BUNDLED_TOKENIZER).buffer);
});

const TEXTS = [
  'Mira lives in Oslo.',
  "It's $5, isn't it?  Two  spaces,\ttabs\nand lines\n\n",
  'Gröna Lund 東京 🎢 é ﬁ',
  '<|user|>hi<|end|><think></think><tool_call>[{"name":"Add_memory"}]</tool_call>',
  '',
];

test.each(TEXTS)('%j has the tokens that are counted for it', (text) => {
  expect([...theirs.encode(text)]).toEqual([...ours.encode(text)]);
});

describe.each([
  ['with a role for tools', BUNDLED_CONV],
  ['without one', WITHOUT_TOOLS],
  [
    'with separators in turn',
    { ...BUNDLED_CONV, seps: ['<|end|>', '\n'], role_content_sep: ' ', role_empty_sep: ' ' },
  ],
  ['without templates of roles', { ...BUNDLED_CONV, role_templates: undefined }],
])('a prompt, by a template %s', (_, conv) => {
  const config = { conv_template: conv, vocab_size: 1024 };
  const chats: readonly (readonly ChatMessage[])[] = [
    [
      { role: 'system', content: 'Costs are $$ and $& today.' },
      { role: 'user', content: "$1 $` $' $$ for a coffee" },
    ],
    [
      { role: 'system', content: 'You manage your memory.' },
      { role: 'user', content: 'Mira lives in Rome.' },
      { role: 'assistant', content: '<answer>That is $&.</answer>' },
      { role: 'tool', content: '[{"id":"m1"}] for $5' },
      { role: 'system', content: 'Late words.' },
      { role: 'user', content: 'Where?' },
    ],
  ];

  test.each([true, false, null])('is what WebLLM writes (thinking: %s)', (thinking) => {
    const frame = readChatFrame(config, 'mlc-chat-config.json');
    for (const messages of chats) {
      const request = { messages: [...chatFor(frame, messages)] };
      const conversation = inside.conversationOf(request, config, true);
      if (thinking === false) conversation.appendEmptyThinkingReplyHeader('assistant', NO_THINKING);
      else conversation.appendReplyHeader('assistant');
      const written = conversation.getPromptArray(config).join('');
      const meant = promptTexts(frame, messages).join('') + answerHead(frame, thinking);
      expect(written).toBe(meant);
    }
  });
});

describe('XGrammar', () => {
  async function matcherOf(grammar: string): Promise<RealMatcher> {
    const { TokenizerInfo, GrammarCompiler, GrammarMatcher } = inside.xgrammar;
    const table = inside.tokenTableOf(theirs);
    const info = await TokenizerInfo.createTokenizerInfo(table, 'byte_level', false, 1024, [STOP]);
    const compiler = await GrammarCompiler.createGrammarCompiler(info);
    return GrammarMatcher.createGrammarMatcher(await compiler.compileGrammar(grammar));
  }

  /** Whether the text may be drawn, whole. */
  function accepts(matcher: RealMatcher, text: string): boolean {
    matcher.reset();
    return [...ours.encode(text), STOP].every((id) => matcher.acceptToken(id)) && matcher.isTerminated();
  }

  test('lets steps of the protocol through, and nothing else', async () => {
    const matcher = await matcherOf(protocolGrammar());
    const call = { name: 'Add_memory', arguments: { content: 'Mira lives in Oslo', memory_type: 'fact' } };
    for (const step of [
      formatCompletion('it is new', { kind: 'tool-calls', calls: [call, call] }),
      formatCompletion('', { kind: 'answer', text: 'Oslo, 東京' }),
    ]) {
      expect(accepts(matcher, step), step).toBe(true);
    }
    for (const rubbish of [
      'Oslo',
      '<think></think>',
      '<think></think><answer>Oslo',
      '<tool_call>[]</tool_call>',
    ]) {
      expect(accepts(matcher, rubbish), rubbish).toBe(false);
    }
  });

  test('after an empty thought lets the rest of a step through; of a score, eleven texts', async () => {
    const rest = await matcherOf(protocolGrammar(NO_THINKING));
    expect(accepts(rest, '<answer>Oslo</answer>')).toBe(true);
    expect(accepts(rest, '<think>no</think><answer>Oslo</answer>')).toBe(false);
    const score = await matcherOf(scoreGrammar());
    expect(accepts(score, '<score>0.7</score>')).toBe(true);
    expect(accepts(score, '<score>1.1</score>')).toBe(false);
  });

  test('whatever is drawn at random of what it allows is a step that is read without a tolerance', async () => {
    const matcher = await matcherOf(protocolGrammar());
    const random = createRandom('xgrammar', 3);
    let ended = 0;
    for (let round = 0; round < 12; round++) {
      matcher.reset();
      const ids: number[] = [];
      while (!matcher.isTerminated() && ids.length < 160) {
        const mask = await matcher.getNextTokenBitmask();
        const allowed = Array.from({ length: 1024 }, (_, id) => id).filter(
          (id) => (mask[id >> 5] >> (id & 31)) & 1,
        );
        expect(allowed.length).toBeGreaterThan(0);
        // Tags and other tokens of structure are taken often, so that a walk comes to its end.
        const structure = allowed.filter((id) => id < 18 || /["\]},:]/.test(ours.tokenText(id)));
        const id = structure.length > 0 && random.chance(0.6) ? random.pick(structure) : random.pick(allowed);
        expect(matcher.acceptToken(id)).toBe(true);
        ids.push(id);
      }
      if (!matcher.isTerminated()) continue;
      ended++;
      const text = ours.decode(ids.slice(0, -1));
      const action = parseCompletion(text);
      expect(action, text).toMatchObject({
        kind: expect.not.stringMatching('protocol-error'),
        tolerances: [],
      });
    }
    expect(ended).toBeGreaterThan(2);
  });
});
