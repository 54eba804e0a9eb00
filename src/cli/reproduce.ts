/**
 * `npm run reproduce -- [--quick] --json`: the table of methods and environments, each cell played here, one JSON line for
 * each of its metrics, with 95% intervals over seeds and differences to AgeMem without RL on the same tasks and dice.
 * `--file` keeps the lines, and a run that is started again with it plays only what is missing.
 *
 * The policy acts in the window it was made for. The bundled one was made from the QA family and trained on it: how it does
 * elsewhere is transfer, and a world whose texts outgrow the window is told as such. `--policy expert` puts somebody who can
 * read behind each baseline, in a large window: what the memory itself is worth.
 */
import { existsSync, readFileSync } from 'node:fs';
import type { Placement } from '../baselines/play-baseline';
import {
  type CellLine,
  ENVIRONMENT_IDS,
  type EnvironmentId,
  type MethodId,
  REPLIES_BY_MODEL,
  type SeedValues,
} from '../evidence/cell-lines';
import { NgramEmbedder } from '../memory/embedders/ngram-embedder';
import { PRESETS } from '../rl/presets';
import { differenceLine, linesOf, METHOD_IDS, REFERENCE } from '../rl/reproduce/cells';
import { keptLines, readCells, withCell } from '../rl/reproduce/kept-cells';
import { playSeed } from '../rl/reproduce/play-cell';
import { SPLITS, type Split } from '../tasks/task';
import { Arguments, UsageError } from './arguments';
import { BACKEND_NAMES, FAST_PATH_OPTIONS } from './backends';
import { transientMemories } from './node-memory';
import { replaceFile } from './replace-folder';
import { TablePlayers } from './table-players';

/** Of the two forms that bring the entries unasked, the one that the bundled policy reads better. */
const PLACEMENT: Placement = 'as-looked-up';
const SPLIT: Split = 'evaluation';
const QUICK_EPISODES = 20;
/** Episodes a seed of the full table. */
const FULL_EPISODES = 100;
const LEFT_OUT = "left out: the site's for its model; with another model not played";

export async function main(argv: readonly string[]): Promise<number> {
  const args = Arguments.parse(argv, 'Play the table of methods and environments.', {
    quick: { type: 'boolean', help: `${QUICK_EPISODES} episodes a seed` },
    episodes: { type: 'string', help: `episodes a seed, in place of ${FULL_EPISODES}` },
    seeds: { type: 'string', help: 'number of seeds, at least 5 for a table', default: '5' },
    only: { type: 'string', help: 'METHOD/ENVIRONMENT, METHOD or /ENVIRONMENT; several by commas' },
    split: { type: 'string', help: SPLITS.join(' | '), default: SPLIT },
    policy: {
      type: 'string',
      help: "bundled | expert: each world's expert reads what a baseline brings; AgeMem's variants are not played then",
      default: 'bundled',
    },
    model: { type: 'string', help: 'model folder', default: 'public/policy' },
    adapter: { type: 'string', help: `weights of agemem and agemem-rag; ${LEFT_OUT}` },
    'answer-only': { type: 'string', help: `weights trained with the answer-only reward; ${LEFT_OUT}` },
    'lt-rl': { type: 'string', help: `weights trained with long-term tools alone; ${LEFT_OUT}` },
    trained: { type: 'boolean', help: 'the baselines act with the adapter as well' },
    placement: {
      type: 'string',
      help: "a baseline's entries: before | as-looked-up | on-call",
      default: PLACEMENT,
    },
    replies: {
      type: 'string',
      help: "who replies to a baseline's calls: rules | model, the policy that acts",
      default: 'rules',
    },
    backend: { type: 'string', help: BACKEND_NAMES.join(' | '), default: 'wasm' },
    ...FAST_PATH_OPTIONS,
    file: { type: 'string', help: 'lines are kept here, and cells found there are not played again' },
    json: { type: 'boolean', help: 'JSON lines only' },
  });
  if (!args) return 0;
  const cells = chosen(args.text('only'));
  const seeds = Array.from({ length: args.whole('seeds', 1) }, (_, i) => i + 1);
  const episodesPerSeed = args.text('episodes')
    ? args.whole('episodes', 1)
    : args.has('quick')
      ? QUICK_EPISODES
      : FULL_EPISODES;
  const n = episodesPerSeed * seeds.length;
  const file = args.text('file');
  const kept = file && existsSync(file) ? readCells(readFileSync(file, 'utf8')) : [];
  const split = args.choice('split', SPLITS);
  const placement = args.choice('placement', ['before', 'as-looked-up', 'on-call']);
  // Kept with the cells, so that those of another setting are not taken for these.
  const set = [...(split === SPLIT ? [] : [split]), ...(placement === PLACEMENT ? [] : [placement])];
  const players = new TablePlayers(args);
  const json = args.has('json');
  const scores = new Map<string, CellLine>();
  try {
    const playing = await players.open(cells.map(({ method }) => method));
    for (const { method, environment } of cells) {
      const acting = playing.get(method);
      if (!acting) continue;
      const { policy, folder, weights, backend, episode, replies } = acting;
      const told = [...set, ...(replies.kind === 'model' ? [REPLIES_BY_MODEL] : [])];
      const setting = told.length > 0 ? told.join(', ') : undefined;
      const cell = { method, environment, policy: folder, weights, backend, seeds, n, setting };
      let lines = keptLines(kept, cell);
      const isKept = lines.length > 0;
      if (!isKept) {
        const bySeed: SeedValues[] = [];
        for (const seed of seeds) {
          if (!json)
            process.stderr.write(`\r${method} in ${environment}, seed ${seed} of ${seeds.length}   `);
          const settings = {
            policy,
            memories: transientMemories(),
            embedder: new NgramEmbedder(),
            episode,
            split,
            episodesPerSeed,
            temperature: PRESETS.lab.config.temperature,
            maxNewTokens: PRESETS.lab.config.maxNewTokens,
            placement,
            replies,
          };
          bySeed.push(await playSeed(method, environment, seed, settings));
        }
        lines = linesOf({ ...cell, episodesPerSeed, bySeed });
      }
      const score = lines.find(({ metric }) => metric === 'score');
      if (score) scores.set(`${method}/${environment}`, score);
      const reference = scores.get(`${REFERENCE}/${environment}`);
      const difference = score && reference ? differenceLine(score, reference) : null;
      const all = difference ? [...lines, difference] : lines;
      for (const line of all) show(line, json);
      // A kept cell's reference may have been played later than the cell was.
      if (file && (!isKept || difference)) {
        const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
        const now = withCell(text, cell, all);
        if (now !== text) await replaceFile(file, now);
      }
    }
    return 0;
  } finally {
    players.dispose();
  }
}

interface Cell {
  readonly method: MethodId;
  readonly environment: EnvironmentId;
}

/** The reference comes first in each environment, so that the others can be told against it. */
function chosen(only: string | undefined): readonly Cell[] {
  const methods = [REFERENCE, ...METHOD_IDS.filter((method) => method !== REFERENCE)];
  const all = ENVIRONMENT_IDS.flatMap((environment) => methods.map((method) => ({ method, environment })));
  if (only === undefined) return all;
  const wanted = only.split(',').map((text) => {
    const [method = '', environment = '', ...rest] = text.trim().split('/');
    const known =
      rest.length === 0 &&
      (method === '' || METHOD_IDS.some((id) => id === method)) &&
      (environment === '' || ENVIRONMENT_IDS.some((id) => id === environment)) &&
      method + environment !== '';
    if (!known) {
      throw new UsageError(
        `--only takes METHOD/ENVIRONMENT of ${METHOD_IDS.join(', ')} and ${ENVIRONMENT_IDS.join(', ')}, not "${text}".`,
      );
    }
    return { method, environment };
  });
  return all.filter((cell) =>
    wanted.some(
      ({ method, environment }) =>
        (method === '' || method === cell.method) && (environment === '' || environment === cell.environment),
    ),
  );
}

function show(line: CellLine, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(line)}\n`);
    return;
  }
  const { method, environment, metric, mean, low, high, n, against } = line;
  const bounds = low === null || high === null ? '' : ` [${low.toFixed(3)}, ${high.toFixed(3)}]`;
  const name = against ? `${metric} to ${against}` : metric;
  process.stdout.write(
    `\r${method.padEnd(13)} ${environment.padEnd(13)} ${name.padEnd(32)} ${mean.toFixed(3)}${bounds}  n ${n}\n`,
  );
}
