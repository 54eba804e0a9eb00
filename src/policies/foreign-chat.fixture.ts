/**
 * Chat templates for tests, our own words with the features that real ones have: a default system message, a section
 * of tools, tool results in a user's turn, a switch for thinking, thoughts dropped from older messages, a strict order of
 * roles, no system role. And a small byte-level tokenizer with the tokens that they use.
 */
import { trainByteLevelBpe } from '../engine/model/bpe-trainer';
import { ChatTemplate, ChatTokenizer } from '../engine/model/chat-template';
import { readTokenizer } from '../engine/model/tokenizer';

const TURN = (role: string, content: string) =>
  `{{ '<|im_start|>' + ${role} + '\\n' + ${content} + '<|im_end|>\\n' }}`;
const REPLY = "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

/** As SmolLM2: any role is taken as it comes; says who it is where nobody else does. */
export const ANY_ROLE =
  "{% for m in messages %}{% if loop.first and messages[0]['role'] != 'system' %}" +
  `${TURN("'system'", "'You are small.'")}{% endif %}${TURN("m['role']", "m['content']")}{% endfor %}${REPLY}`;

const SYSTEM_WITH_TOOLS =
  '{% if tools %}<|im_start|>system\n{% if messages[0].role == "system" %}{{ messages[0].content }}\n{% endif %}' +
  "Functions:{% for tool in tools %}{{ '\\n' }}{{ tool | tojson }}{% endfor %}{{ '<|im_end|>\\n' }}" +
  `{% elif messages[0].role == "system" %}${TURN("'system'", 'messages[0].content')}{% endif %}`;
const RESULTS =
  '{% if loop.first or messages[loop.index0 - 1].role != "tool" %}<|im_start|>user{% endif %}' +
  "{{ '\\n<tool_response>\\n' + m.content + '\\n</tool_response>' }}" +
  `{% if loop.last or messages[loop.index0 + 1].role != "tool" %}{{ '<|im_end|>\\n' }}{% endif %}`;

/** As Qwen2.5: tools in the system's turn, their results in a user's. */
export const WITH_TOOLS =
  `${SYSTEM_WITH_TOOLS}{% for m in messages %}` +
  `{% if m.role == "tool" %}${RESULTS}{% elif m.role != "system" or not loop.first %}${TURN('m.role', 'm.content')}{% endif %}` +
  `{% endfor %}${REPLY}`;

/** As Qwen3: thoughts only after the last question, found from the end; a switch that closes them at once. */
export const THINKING =
  `${SYSTEM_WITH_TOOLS}{% set ns = namespace(open=true, last=messages|length - 1) %}` +
  '{% for m in messages[::-1] %}{% set index = (messages|length - 1) - loop.index0 %}' +
  '{% if ns.open and m.role == "user" and not (m.content.startswith("<tool_response>")) %}' +
  '{% set ns.open = false %}{% set ns.last = index %}{% endif %}{% endfor %}' +
  '{% for m in messages %}{% if m.role == "tool" %}' +
  `${RESULTS}{% elif m.role == "assistant" %}` +
  "{% set words = m.content.split('</think>')[-1].lstrip('\\n') %}{% set thoughts = '' %}" +
  "{% if '</think>' in m.content %}{% set thoughts = m.content.split('</think>')[0].split('<think>')[-1].strip('\\n') %}{% endif %}" +
  `{% if loop.index0 > ns.last %}${TURN("'assistant'", "'<think>\\n' + thoughts + '\\n</think>\\n\\n' + words")}` +
  `{% else %}${TURN("'assistant'", 'words')}{% endif %}` +
  `{% elif m.role != "system" or not loop.first %}${TURN('m.role', 'm.content')}{% endif %}{% endfor %}` +
  `${REPLY}{% if add_generation_prompt and enable_thinking is defined and enable_thinking is false %}` +
  "{{ '<think>\\n\\n</think>\\n\\n' }}{% endif %}";

/** As models that always think: the reply is begun for them. */
export const ALWAYS_THINKING = `${ANY_ROLE}{% if add_generation_prompt %}{{ '<think>\\n' }}{% endif %}`;

/** As Gemma and early Llama and Mistral: user and assistant in turn, nobody else, nothing but that. */
export const STRICT =
  "{% if messages[0].role == 'system' %}{{ raise_exception('No system role.') }}{% endif %}" +
  "{% for m in messages %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}" +
  "{{ raise_exception('Users and assistants must alternate.') }}{% endif %}" +
  `${TURN('m.role', 'm.content | trim')}{% endfor %}${REPLY}`;

/** Loses system messages without a word. */
export const DEAF = `{% for m in messages %}{% if m.role != 'system' %}${TURN('m.role', 'm.content')}{% endif %}{% endfor %}${REPLY}`;

const corpus = Array(30).fill(
  'Mira lives in Oslo. <think>new</think><tool_call>[{"name": "Add_memory", "arguments": {"content": "Mira plays the cello"}}]</tool_call><answer>ok</answer>',
);

/** Turns are control tokens; of the protocol's tags this tokenizer, as Qwen3's, has four. */
export const FOREIGN_TOKENIZER = readTokenizer(
  new TextEncoder().encode(
    JSON.stringify(
      trainByteLevelBpe(corpus, {
        vocabSize: 360,
        addedTokens: [
          { content: '<|endoftext|>', special: true },
          { content: '<|im_start|>', special: true },
          { content: '<|im_end|>', special: true },
          { content: '<think>', special: false },
          { content: '</think>', special: false },
          { content: '<tool_call>', special: false },
          { content: '</tool_call>', special: false },
        ],
      }),
    ),
  ),
);

export function foreignChat(template: string): ChatTokenizer {
  return new ChatTokenizer(FOREIGN_TOKENIZER, new ChatTemplate(template), ['<|im_end|>', '<|endoftext|>']);
}
