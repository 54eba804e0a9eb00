/** A prompt of the policy beside a memory, message by message; what was read stands out. */
import type { MessageOrigin } from '../../worker/protocol';
import { count } from '../figures';
import { type Phrase, phrase, say } from '../language/language';
import type { Prompt } from './beside-side';

const ORIGINS: Readonly<Partial<Record<MessageOrigin['kind'], Phrase>>> = {
  system: phrase('system'),
  query: phrase('the question'),
  observation: phrase('what the world shows'),
  assistant: phrase('policy'),
  retrieval: phrase('what was read'),
  tool: phrase('tool'),
};

export function PromptView({ prompt }: { readonly prompt: Prompt | null }) {
  if (!prompt) return <p className="quiet">{say('No prompt was put to the policy.')}</p>;
  return (
    <>
      <ol className="baselines-prompt-messages">
        {prompt.messages.map(({ origin, content }, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: messages have no identity but their place
          <li key={i} className={origin === 'retrieval' ? 'baselines-used' : undefined}>
            <span className="quiet">{say(ORIGINS[origin] ?? phrase('policy'))}</span>
            <pre className="baselines-raw" lang="en">
              {content}
            </pre>
          </li>
        ))}
      </ol>
      <p className="quiet">{count(prompt.tokens, 'token')}</p>
    </>
  );
}
