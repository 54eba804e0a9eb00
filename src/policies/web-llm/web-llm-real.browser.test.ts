/**
 * WebLLM with a real model, on a real GPU, over the public network: what no machine without them can show. Left out unless
 * it is asked for:
 *
 *     REAL_GPU=1 VITE_REAL_NETWORK=1 npx vitest run src/policies/web-llm/web-llm-real.browser.test.ts
 *
 * fetches SmolLM2 360M (about 200 MB), or the model that `VITE_WEB_LLM_MODEL` names by its id in `records.ts`, plays an
 * episode with it, and prints figures: with them the hash of the compiled library and the commit of the weights, to be
 * put into `records.ts`.
 */
import { expect, test } from 'vitest';
import { PAPER_EPISODE_CONFIG } from '../../agent/config';
import { MIRA_TASK, startEpisode } from '../../agent/playing.fixture';
import { runEpisodes } from '../../agent/run-episodes';
import type { WeightSource } from '../../engine/model/weight-source';
import { integrityOf } from './library-pins';
import { openWebLlmPolicy } from './open-web-llm';
import { lacksOf, readGpu } from './preflight';
import { recordOf, singlePrecisionOf, type WebLlmRecord } from './records';

const ASKED = import.meta.env.VITE_REAL_NETWORK !== undefined;
const MODEL = String(import.meta.env.VITE_WEB_LLM_MODEL ?? 'SmolLM2-360M-Instruct-q4f16_1-MLC');

interface HubAnswer {
  readonly sha: string;
  readonly siblings: readonly { readonly rfilename: string; readonly size: number }[];
}

async function answered(address: string): Promise<Response> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: HTTP ${response.status}`);
  return response;
}

/** The files of a record, asked of hub and GitHub as they are read. */
async function remote(record: WebLlmRecord) {
  const hub = 'https://huggingface.co';
  const revision = record.revision ?? 'main';
  const asked = `${hub}/api/models/${record.repository}/revision/${revision}?blobs=true`;
  const { sha, siblings } = (await (await answered(asked)).json()) as HubAnswer;
  const library = new Uint8Array(await (await answered(record.library.address)).arrayBuffer());
  const sizes = new Map(siblings.map(({ rfilename, size }) => [rfilename, size]));
  sizes.set(record.library.file, library.length);
  const source: WeightSource = {
    where: record.repository,
    size: async (name) => sizes.get(name) ?? null,
    revision: async () => sha,
    async read(name, start, end) {
      if (name === record.library.file) return library.slice(start, end);
      const response = await answered(`${hub}/${record.repository}/resolve/${sha}/${name}`);
      return new Uint8Array(await response.arrayBuffer()).slice(start, end);
    },
  };
  return { source, sha, fileNames: [...sizes.keys()], integrity: await integrityOf(library) };
}

async function fitting(): Promise<WebLlmRecord> {
  const wanted = recordOf(MODEL);
  if (!wanted) throw new Error(`${MODEL} is not in records.ts`);
  const gpu = await readGpu();
  const records = [wanted, singlePrecisionOf(wanted)].filter((one) => one !== undefined);
  const fits = records.find((one) => lacksOf(one, gpu).length === 0);
  if (fits) return fits;
  throw new Error(lacksOf(wanted, gpu).join(' '));
}

test.skipIf(!ASKED)(
  'a real model acts (asks huggingface.co and raw.githubusercontent.com; VITE_REAL_NETWORK=1)',
  { timeout: 1_800_000 },
  async () => {
    const record = await fitting();
    const { source, sha, fileNames, integrity } = await remote(record);
    const began = performance.now();
    const { policy, facts, close } = await openWebLlmPolicy({
      name: record.repository,
      files: source,
      fileNames,
      draw: { topP: 1, constrained: false, thinking: null, contextTokens: 4096 },
      signal: new AbortController().signal,
      onProgress: () => undefined,
    });
    const seconds = (performance.now() - began) / 1000;

    const messages = [
      { role: 'system', content: 'Answer in one short sentence.' },
      { role: 'user', content: 'Mira has moved from Rome to Oslo. Where does she live?' },
    ] as const;
    const state = {
      task: MIRA_TASK,
      stage: 3,
      step: 1,
      stepsOnMessage: 0,
      context: [],
      introspected: [],
    } as const;
    const ask = { messages, seed: 7, state };
    const greedy = { temperature: 0, maxNewTokens: 48, alternatives: 2 };
    const [first] = await policy.generate([ask], greedy);
    const [again] = await policy.generate([ask], greedy);
    expect(again.text).toBe(first.text);
    expect(first.tokens.length).toBeGreaterThan(2);
    for (const token of first.tokens) {
      // Greedy: what was drawn is what the logits have as likeliest, so they are read where they were drawn from.
      expect(token.id).toBe(token.alternatives[0].id);
      expect(token.logprob).toBeLessThanOrEqual(0);
      expect(token.entropy).toBeGreaterThanOrEqual(0);
    }
    expect(first.tokens.map((token) => token.text).join('')).toContain(first.text.trim().split(' ')[0]);

    const config = { ...PAPER_EPISODE_CONFIG, maxContextTokens: 2048, hardPromptTokens: 3072 };
    const episode = await startEpisode({ config, countTokens: (message) => policy.countTokens(message) });
    let tokens = 0;
    const started = performance.now();
    const [{ error }] = await runEpisodes([episode], policy, {
      temperature: 0.7,
      maxNewTokens: 256,
      onToken: () => tokens++,
    });
    const rate = tokens / ((performance.now() - started) / 1000);
    expect(error).toBeNull();
    const read = episode.log.filter((event) => event.type === 'parsed');
    const wellFormed = read.filter(({ action }) => action.kind !== 'protocol-error').length;
    await close();
    console.info(
      [
        `model ${record.id}, weights ${sha}, library ${record.library.file} ${integrity}`,
        `device ${facts.device}, window ${facts.window}, open after ${seconds.toFixed(1)} s`,
        `greedy: ${first.text}`,
        `an episode: ${read.length} steps, ${wellFormed} readable, ${tokens} tokens, ${rate.toFixed(1)} tokens a second`,
      ].join('\n'),
    );
  },
);
