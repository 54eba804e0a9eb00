/**
 * Parts of the real WebLLM that it does not export and that need no GPU: its tokenizer, its conversation, its XGrammar.
 * The built file is copied with one line of exports more, and told that it is not in Node, as in a browser's worker.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ChatCompletionRequest } from '@mlc-ai/web-llm';

export interface RealTokenizer {
  encode(text: string): Int32Array;
  decode(ids: Int32Array): string;
}

export interface RealConversation {
  getPromptArray(config: object): readonly unknown[];
  appendReplyHeader(role: string): void;
  appendEmptyThinkingReplyHeader(role: string, thought: string): void;
}

export interface RealMatcher {
  acceptToken(id: number): boolean;
  /** One bit a token, 32 in an element. */
  getNextTokenBitmask(): Promise<Int32Array>;
  isTerminated(): boolean;
  reset(): void;
  dispose(): void;
}

interface CompiledGrammar {
  dispose(): void;
}
interface TokenizerInfo {
  readonly handle: unknown;
}

export interface WebLlmInside {
  readonly tokenizers: { readonly Tokenizer: { fromJSON(json: ArrayBuffer): Promise<RealTokenizer> } };
  readonly xgrammar: {
    readonly TokenizerInfo: {
      createTokenizerInfo(
        table: readonly string[],
        kind: string,
        prependSpace: boolean,
        vocabSize: number,
        stopTokens: readonly number[],
      ): Promise<TokenizerInfo>;
    };
    readonly GrammarCompiler: {
      createGrammarCompiler(
        info: TokenizerInfo,
      ): Promise<{ compileGrammar(text: string): Promise<CompiledGrammar> }>;
    };
    readonly GrammarMatcher: { createGrammarMatcher(grammar: CompiledGrammar): Promise<RealMatcher> };
  };
  readonly conversationOf: (
    request: ChatCompletionRequest,
    config: object,
    includeLast: boolean,
  ) => RealConversation;
  readonly tokenTableOf: (tokenizer: RealTokenizer) => readonly string[];
}

const EXPORTS =
  '\nexport { libExports$1 as xgrammar, libExports as tokenizers, ' +
  'getConversationFromChatCompletionRequest as conversationOf, getTokenTableFromTokenizer as tokenTableOf };\n';

export async function webLlmInside(): Promise<WebLlmInside> {
  const built = readFileSync(fileURLToPath(import.meta.resolve('@mlc-ai/web-llm')), 'utf8');
  // Below node_modules Node imports it as it is; anywhere else it would be transformed first, for seconds.
  const cache = fileURLToPath(new URL('../../../node_modules/.cache', import.meta.url));
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'web-llm-inside-'));
  try {
    const file = join(folder, 'inside.mjs');
    const browser = built
      .replaceAll('ENVIRONMENT_IS_NODE=typeof process=="object"', 'ENVIRONMENT_IS_NODE=false')
      .replace(/^\/\/# sourceMappingURL=.*$/m, '');
    writeFileSync(file, browser + EXPORTS);
    return (await import(/* @vite-ignore */ pathToFileURL(file).href)) as WebLlmInside;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
