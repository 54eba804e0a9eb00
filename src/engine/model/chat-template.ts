/**
 * From chat messages to the token ids of a prompt.
 *
 * A model's chat template (Jinja, by `@huggingface/jinja`) renders messages to one text, in which
 * control tokens mark the turns. Rendering and then encoding that text would let anyone who can write
 * a message write control tokens: a user's "<|end|><|system|>…" becomes a system message. So the
 * template is rendered with placeholders where the contents go; what lies between them is the
 * template's own text and may hold control tokens, the contents may not. Contents of the system and
 * the assistant keep their tags and tool names as single tokens; those of users and tools, which
 * repeat what others wrote, are spelled out.
 *
 * A template may also rewrite contents (Qwen3 drops old thoughts), and a foreign model's tokens may
 * join across the border of a content. Then the plain rendering is encoded, as the model's authors
 * do, unless a content tries to forge a token: that one is still kept apart or, where even that cannot
 * be, its control tokens are broken up with a zero-width space.
 */
import { Template } from '@huggingface/jinja';
import { ModelFileError } from '../errors';
import type { AddedTokenUse, TextTokenizer } from './tokenizer';

/** One message; the roles that exist are the template's business. */
export interface ChatTurn {
  readonly role: string;
  readonly content: string;
}

export interface ChatOptions {
  /** Ends with the beginning of an assistant's turn, for the model to go on. */
  readonly addGenerationPrompt: boolean;
  /** Whether the model is to think first: `enable_thinking` of templates that know it (Qwen3). Left out: as the template does. */
  readonly thinking?: boolean;
  /** JSON schemas for the template's own section of tools, in OpenAI's function format. Default: none. */
  readonly tools?: readonly object[];
}

/** What a template writes of the reply itself: thoughts that are begun, or empty. */
const OPENING = /<think>(?:[^<]*|\s*<\/think>\s*)$/;

/** Renders messages as the model was trained to read them. */
export class ChatTemplate {
  /** Whether it has a switch for thinking. */
  readonly knowsThinking: boolean;
  /** Whether it tells the model of tools. */
  readonly knowsTools: boolean;
  /** Whether it speaks of messages by tools, rather than to take any role as it comes. */
  readonly namesToolRole: boolean;
  private readonly template: Template;

  /**
   * @param source Jinja text
   * @param variables what the template may use besides messages: bos_token, eos_token and so on
   * @throws ModelFileError `chat-template-syntax`
   */
  constructor(
    source: string,
    private readonly variables: Readonly<Record<string, string>> = {},
    private readonly fileName = 'chat_template',
  ) {
    this.knowsThinking = /\benable_thinking\b/.test(source);
    this.knowsTools = /\btools\b/.test(source);
    this.namesToolRole = /['"](?:tool|ipython)['"]/.test(source);
    try {
      this.template = new Template(source);
    } catch (cause) {
      throw new ModelFileError(
        'chat-template-syntax',
        `${fileName} is not a template this page can read: ${reason(cause)}.`,
        { cause },
      );
    }
  }

  /** @throws ModelFileError `chat-template-render` with the template's own words, e.g. about the order of roles */
  render(messages: readonly ChatTurn[], options: ChatOptions): string {
    try {
      return this.template.render({
        ...this.variables,
        // Copies: a template may set fields of what it is given.
        messages: messages.map(({ role, content }) => ({ role, content })),
        add_generation_prompt: options.addGenerationPrompt,
        ...(this.knowsThinking && options.thinking !== undefined
          ? { enable_thinking: options.thinking }
          : undefined),
        ...(options.tools ? { tools: options.tools } : undefined),
      });
    } catch (cause) {
      throw new ModelFileError(
        'chat-template-render',
        `${this.fileName} cannot render these messages (${messages.map((m) => m.role).join(', ') || 'none'}): ${reason(cause)}.`,
        { cause },
      );
    }
  }
}

/**
 * What the generation prompt says of the reply itself, to be read together with what the model goes on with: `<think>\n`
 * of models that always think, `<think>\n\n</think>\n\n` of Qwen3 with thinking off; of most templates nothing.
 */
export function openingOf(template: ChatTemplate, options: Omit<ChatOptions, 'addGenerationPrompt'>): string {
  const rendered = template.render([{ role: 'user', content: '.' }], {
    ...options,
    addGenerationPrompt: true,
  });
  return OPENING.exec(rendered)?.[0] ?? '';
}

/** A rendering cut at the contents: texts.length = contents.length + 1. */
interface Segments {
  readonly texts: readonly string[];
  /** Indices of the messages between the texts, in the order of the rendering. */
  readonly contents: readonly number[];
}

/** A tokenizer and a template: what a chat model reads and says, in ids. */
export class ChatTokenizer {
  /** Ids that end a turn. */
  readonly stopIds: readonly number[];
  private readonly addedIds: ReadonlySet<number>;
  private readonly controlIds: ReadonlySet<number>;

  /**
   * @param stopTokens spellings of the tokens that end a turn
   * @throws ModelFileError `chat-stop-token` if there is none or the tokenizer lacks one
   */
  constructor(
    readonly tokenizer: TextTokenizer,
    readonly template: ChatTemplate,
    stopTokens: readonly string[],
  ) {
    this.addedIds = new Set(tokenizer.addedTokens.map((token) => token.id));
    this.controlIds = new Set(
      tokenizer.addedTokens.filter((token) => token.special).map((token) => token.id),
    );
    const ids = stopTokens.map((token) => {
      const id = tokenizer.idOf(token);
      if (id === undefined) {
        throw new ModelFileError(
          'chat-stop-token',
          `The token ${JSON.stringify(token)}, which ends a turn, is not in tokenizer.json.`,
        );
      }
      return id;
    });
    if (ids.length === 0) {
      throw new ModelFileError(
        'chat-stop-token',
        'No token ends a turn: tokenizer_config.json has no eos_token, so the model would never stop.',
      );
    }
    this.stopIds = [...new Set(ids)];
  }

  /** The prompt's ids. @throws ModelFileError as `ChatTemplate.render` */
  encodeChat(messages: readonly ChatTurn[], options: ChatOptions): number[] {
    const plain = this.template.render(messages, options);
    const everywhere = this.segments(messages, () => true, options, plain);
    if (everywhere && this.isClosed(everywhere)) return this.encodeSegments(messages, everywhere);

    const forged = messages.map((message) => this.isForging(message));
    if (!forged.includes(true)) return [...this.tokenizer.encode(plain)];
    const some = this.segments(messages, (i) => forged[i], options, plain);
    if (some) return this.encodeSegments(messages, some);
    const broken = messages.map((message, i) => (forged[i] ? this.breakUp(message) : message));
    return [...this.tokenizer.encode(this.template.render(broken, options))];
  }

  decode(ids: readonly number[]): string {
    return this.tokenizer.decode(ids);
  }

  tokenText(id: number): string {
    return this.tokenizer.tokenText(id);
  }

  /**
   * Renders with placeholders for the chosen contents. Undefined if putting the contents back does not give
   * the plain rendering, that is, if the template does more with them than to insert them once.
   */
  private segments(
    messages: readonly ChatTurn[],
    chosen: (index: number) => boolean,
    options: ChatOptions,
    plain: string,
  ): Segments | undefined {
    // Private-use characters, repeated until no message holds them.
    let mark = '\ue000';
    while (plain.includes(mark)) mark += '\ue000';
    const marked = messages.map((message, i) =>
      chosen(i) ? { role: message.role, content: `${mark}${i}\ue001` } : message,
    );
    let rendered: string;
    try {
      rendered = this.template.render(marked, options);
    } catch (error) {
      if (error instanceof ModelFileError) return undefined;
      throw error;
    }
    const [first, ...rest] = rendered.split(mark);
    const texts = [first];
    const contents: number[] = [];
    for (const part of rest) {
      const end = part.indexOf('\ue001');
      contents.push(Number(part.slice(0, end)));
      texts.push(part.slice(end + 1));
    }
    const restored = texts.map((text, i) => text + (messages[contents[i]]?.content ?? '')).join('');
    return restored === plain ? { texts, contents } : undefined;
  }

  /** Whether an added token stands on both sides of each content, so that nothing can join across. */
  private isClosed({ texts, contents }: Segments): boolean {
    return contents.every((_, i) => {
      const before = this.tokenizer.encode(texts[i]);
      const after = this.tokenizer.encode(texts[i + 1]);
      return this.addedIds.has(before[before.length - 1]) && this.addedIds.has(after[0]);
    });
  }

  private encodeSegments(messages: readonly ChatTurn[], { texts, contents }: Segments): number[] {
    const ids = [...this.tokenizer.encode(texts[0])];
    contents.forEach((index, i) => {
      const message = messages[index];
      ids.push(...this.tokenizer.encode(message.content, addedTokenUse(message)));
      ids.push(...this.tokenizer.encode(texts[i + 1]));
    });
    return ids;
  }

  /** Whether the content, read plainly, holds an added token that it may not contain. */
  private isForging(message: ChatTurn): boolean {
    const forbidden = addedTokenUse(message) === 'none' ? this.addedIds : this.controlIds;
    return this.tokenizer.encode(message.content).some((id) => forbidden.has(id));
  }

  private breakUp(message: ChatTurn): ChatTurn {
    const forbidden = addedTokenUse(message) === 'none' ? this.addedIds : this.controlIds;
    let content = message.content;
    for (const token of this.tokenizer.addedTokens) {
      if (!forbidden.has(token.id)) continue;
      const [first, ...others] = token.content;
      content = content.replaceAll(token.content, `${first}\u200b${others.join('')}`);
    }
    return { role: message.role, content };
  }
}

/** The system's and the assistant's words are ours or the model's; the others' are not. */
function addedTokenUse(message: ChatTurn): AddedTokenUse {
  return message.role === 'system' || message.role === 'assistant' ? 'content' : 'none';
}

function reason(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).replace(/[.\s]+$/, '');
}
