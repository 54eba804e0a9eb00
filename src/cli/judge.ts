/**
 * `npm run judge -- --episodes 32 [--model DIR] [--adapter DIR] [--constrained] [--player model] --json`: how far a model
 * as judge agrees with the rules, over the held-out episodes that the lab's page takes for it. They are the demonstrator's,
 * played by the bundled policy's rules, unless the model is to play its own.
 */
import { BUNDLED_MAX_NEW_TOKENS } from '../agent/config';
import { openFolder } from '../engine/model/model-folder';
import { EnginePolicy } from '../policies/engine-policy';
import { PolicyChat } from '../policies/policy-chat';
import { PRESETS } from '../rl/presets';
import { judgeAgreement, MOST_EPISODES } from '../worker/judge/judging';
import type { AgreementRun, Estimate } from '../worker/judge-protocol';
import { Arguments } from './arguments';
import { FAST_PATH_OPTIONS, fastPathsIn } from './backends';
import { directory } from './directory';
import { episodeRules } from './episode-rules';
import { transientMemories } from './node-memory';
import { openPolicy } from './open-policy';

/** Longest prompt with its reply, tokens, whatever the window: a cache for each question grows with it. */
const MOST_CONTEXT = 3072;

export async function main(argv: readonly string[]): Promise<number> {
  const args = Arguments.parse(argv, 'Measure a model as judge against the rules.', {
    episodes: { type: 'string', help: `2 to ${MOST_EPISODES}`, default: '32' },
    player: { type: 'string', help: 'demonstrator | model', default: 'demonstrator' },
    prompts: { type: 'string', help: 'fitting | short | full', default: 'fitting' },
    constrained: { type: 'boolean', help: 'it can write nothing but a score' },
    model: { type: 'string', help: 'model folder', default: 'public/policy' },
    adapter: { type: 'string', help: 'PEFT adapter folder' },
    backend: { type: 'string', help: 'wasm | webgpu | reference', default: 'wasm' },
    ...FAST_PATH_OPTIONS,
    json: { type: 'boolean', help: 'one line of JSON only' },
  });
  if (!args) return 0;
  const json = args.has('json');
  const folder = args.text('model') ?? 'public/policy';
  const adapter = args.text('adapter');
  const episode = await episodeRules(folder, json);
  const { chat } = await openFolder(directory(folder));
  const { model } = await openPolicy({
    model: folder,
    adapter,
    backend: args.choice('backend', ['wasm', 'webgpu', 'reference']),
    fastPaths: fastPathsIn(args),
  });
  // With thinking off where the template has a switch for it: a judge's reply is short.
  const codec = new PolicyChat(chat, { thinking: chat.template.knowsThinking ? false : null });
  const policy = new EnginePolicy(adapter ?? folder, model, codec, adapter !== undefined);
  try {
    const run = await judgeAgreement(
      {
        models: {
          policy: () => policy,
          play: {
            episode,
            temperature: PRESETS.lab.config.temperature,
            maxNewTokens: BUNDLED_MAX_NEW_TOKENS,
          },
          size: { window: model.maxPositions },
          active: { title: folder, setup: { contextTokens: MOST_CONTEXT, thinking: null } },
        },
        memories: transientMemories(),
        tell: (news) => {
          if (!json && news.kind === 'rollouts')
            process.stderr.write(`\r${news.finished} of ${news.total} done `);
        },
      },
      {
        by: 'none',
        prompts: args.choice('prompts', ['fitting', 'short', 'full']),
        constrained: args.has('constrained'),
        player: args.choice('player', ['demonstrator', 'model']),
        episodes: args.whole('episodes', 2),
      },
      new AbortController().signal,
    );
    process.stdout.write(json ? `${JSON.stringify(run)}\n` : `\n${summary(run)}\n`);
    return 0;
  } finally {
    model.dispose();
  }
}

function summary({ parts, failures, cost, episodes, player, facts }: AgreementRun): string {
  const estimate = (name: string, found: Estimate | null) =>
    found
      ? `${name} ${found.value.toFixed(2)} (${found.low.toFixed(2)} to ${found.high.toFixed(2)})`
      : `${name} -`;
  return [
    ...parts.map(({ part, pairs, failed, difference, pearson, kappa }) =>
      [
        part.padEnd(10),
        `${pairs.length} pairs, ${failed} failed`,
        `judge less rules ${difference ? `${difference.mean.toFixed(3)} +- ${difference.half?.toFixed(3) ?? '-'}` : '-'}`,
        estimate('r', pearson),
        ...(part === 'task' ? [estimate('kappa', kappa)] : []),
      ].join('  '),
    ),
    ...failures.map(
      ({ failure, count, example }) => `${count} x ${failure}, e.g. ${JSON.stringify(example)}`,
    ),
    `${episodes} episodes, played by the ${player}; judged by ${facts.model}, ${facts.prompts} prompts${facts.constrained ? ', held to scores' : ''}`,
    `${cost.calls} questions, ${cost.promptTokens} tokens read, ${cost.replyTokens} written, ${(facts.ms / 1000).toFixed(1)} s`,
  ].join('\n');
}
