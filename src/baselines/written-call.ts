/**
 * A call to the language model, written out: what for, in which role, with which input, in which form the reply has to
 * come, and a rule that gives the reply where no model can. The baselines were made for models of 7 billion parameters
 * and more; the bundled policy can write none of their replies, so there the rules act, and every table says so.
 *
 * A model's reply is read to the letter (`reply-schema.ts`). What does not fit is told to it once; if it fails again, the
 * rule's reply is used and the failure counted and kept. What the call costs is counted either way: by rules it is what
 * the same call would have cost, in the tokens of the same policy.
 */
import type { ChatMessage, Policy } from '../agent/policy';
import { ask, type Reply as Said } from '../agent/questions';
import type { JsonValue } from '../memory/memory';
import type { CallFailure, CallRecord } from './controller';
import { type ReplySchema, readReply } from './reply-schema';

export interface WrittenCall<Reply> {
  /** e.g. "extract facts" */
  readonly purpose: string;
  /** The system text, in our own words. */
  readonly role: string;
  readonly input: string;
  readonly schema: ReplySchema;
  /** The reply without a model; of the form the schema asks for. */
  rule(): Reply;
}

/** Who replies. */
export type Caller =
  | { readonly kind: 'rules'; countTokens(message: ChatMessage): number }
  | {
      readonly kind: 'policy';
      readonly policy: Policy;
      /** Longest prompt with its reply, tokens; null: not known. */
      readonly window: number | null;
      readonly seed: number;
      /** Room for a reply, tokens. Default 256. */
      readonly maxNewTokens?: number;
      readonly signal?: AbortSignal;
    };

/** How the caller counts a text as a message. */
export function tokensOf(caller: Caller, content: string): number {
  const message: ChatMessage = { role: 'user', content };
  return caller.kind === 'rules' ? caller.countTokens(message) : caller.policy.countTokens(message);
}

export interface Called<Reply> {
  readonly reply: Reply;
  readonly record: CallRecord;
}

/** Room for a reply beside what a model thinks first, tokens: the longest is a note with its neighbours rewritten. */
export const REPLY_TOKENS = 256;

/** The call as it is put to a model. */
export function promptOf(
  call: Pick<WrittenCall<unknown>, 'role' | 'input' | 'schema'>,
): readonly ChatMessage[] {
  return [
    {
      role: 'system',
      content: `${call.role}\nReply with one JSON value of this schema and nothing else:\n${JSON.stringify(call.schema)}`,
    },
    { role: 'user', content: call.input },
  ];
}

/** @throws what the policy throws, and `QuestionsAbortedError`; never for what a model writes */
export async function put<Reply extends JsonValue>(
  call: WrittenCall<Reply>,
  caller: Caller,
): Promise<Called<Reply>> {
  const prompt = promptOf(call);
  if (caller.kind === 'rules') {
    const reply = call.rule();
    const output = JSON.stringify(reply);
    return {
      reply,
      record: {
        ...head(call),
        output,
        by: 'rule',
        calls: 1,
        promptTokens: prompt.reduce((sum, message) => sum + caller.countTokens(message), 0),
        replyTokens: caller.countTokens({ role: 'assistant', content: output }),
        failures: [],
      },
    };
  }
  return asked(call, prompt, caller);
}

async function asked<Reply extends JsonValue>(
  call: WrittenCall<Reply>,
  prompt: readonly ChatMessage[],
  { policy, window, seed, signal, maxNewTokens = REPLY_TOKENS }: Extract<Caller, { kind: 'policy' }>,
): Promise<Called<Reply>> {
  const failures: CallFailure[] = [];
  let calls = 0;
  let promptTokens = 0;
  let replyTokens = 0;
  let messages = prompt;
  for (let attempt = 0; attempt < 2; attempt++) {
    const said: Said = (
      await ask([{ messages, maxNewTokens }], { policy, window, seed: seed + attempt, signal })
    )[0];
    if (said.kind === 'too-long') {
      failures.push({ reason: `the prompt needs ${said.tokens} of ${said.window} tokens`, text: '' });
      break;
    }
    calls++;
    promptTokens += said.promptTokens;
    replyTokens += said.replyTokens;
    const read = readReply(said.text, call.schema);
    if (read.ok) {
      // The schema was checked, and a call's schema describes its reply.
      const reply = read.value as Reply;
      const output = JSON.stringify(reply);
      const record: CallRecord = {
        ...head(call),
        output,
        by: 'model',
        calls,
        promptTokens,
        replyTokens,
        failures,
      };
      return { reply, record };
    }
    const reason = said.finish === 'length' ? `cut off; ${read.reason}` : read.reason;
    failures.push({ reason, text: said.text });
    messages = [
      ...prompt,
      { role: 'assistant', content: said.text },
      { role: 'user', content: `That cannot be used: ${reason}. Reply again with the JSON value only.` },
    ];
  }
  const reply = call.rule();
  const output = JSON.stringify(reply);
  return { reply, record: { ...head(call), output, by: 'rule', calls, promptTokens, replyTokens, failures } };
}

function head({
  purpose,
  role,
  input,
  schema,
}: WrittenCall<unknown>): Pick<CallRecord, 'purpose' | 'role' | 'input' | 'schema'> {
  return { purpose, role, input, schema };
}
