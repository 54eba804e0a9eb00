/**
 * `npm run bench -- [NAME …] [--backend webgpu|wasm] [--json]`: ours and the peers in turn, in headless
 * Chromium or, where it makes sense, in Node. One JSON line a figure, or a line of text. Without names all
 * of them. `ltm` and `retrieval` are of long-term memory and have neither peers nor back ends.
 * `npm run bench -- --report FILE… [--figure FILE.svg]` measures nothing: it reads such JSON lines
 * and prints the tables with the goals, and draws the figure of `scale`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { BENCH_NAMES, type BenchName } from '../bench/benches';
import { type BenchBrowser, openBenchBrowser } from '../bench/browser';
import type { BenchBackend, Figure } from '../bench/figure';
import { loadFigures } from '../bench/load';
import { ltmLinesIn, ltmTable } from '../bench/ltm-table';
import { figuresIn, tableOf, textOf } from '../bench/report';
import { responsiveness } from '../bench/responsiveness';
import { runBench } from '../bench/run';
import { scaleFigure } from '../bench/scale-figure';
import { Arguments, UsageError } from './arguments';
import { createBackend, FAST_PATH_OPTIONS, fastPathsIn } from './backends';
import { benchMemory } from './bench-memory';
import { benchRetrieval } from './bench-retrieval';
import { directory } from './directory';

const BACKENDS: readonly BenchBackend[] = ['wasm', 'webgpu'];
/** What runs in Node beside a browser: ours, and jax-js on WebAssembly. */
const IN_NODE: readonly BenchName[] = ['matmul', 'lora-step', 'grpo-step', 'scale', 'profile'];
const PEERS: readonly string[] = ['jax-js', 'tfjs', 'transformers.js'];

export async function main(argv: readonly string[]): Promise<number> {
  const args = Arguments.parse(
    argv,
    'Measure the engine against others.',
    {
      backend: { type: 'string', help: 'wasm | webgpu; default: both' },
      runtime: { type: 'string', help: `browser | node (${IN_NODE.join(', ')})`, default: 'browser' },
      runs: { type: 'string', help: 'rounds after warm-up', default: '5' },
      threads: { type: 'string', help: 'WebAssembly threads', default: '2' },
      ...FAST_PATH_OPTIONS,
      seed: { type: 'string', help: 'of weights and data', default: '1' },
      peers: {
        type: 'string',
        help: `only these, separated by commas (${PEERS.join(', ')}); a software adapter takes minutes for slow ones`,
      },
      quick: { type: 'boolean', help: 'fewer and smaller sizes' },
      json: { type: 'boolean', help: 'one JSON line a figure' },
      encoder: { type: 'string', help: 'of "retrieval": folder of a sentence encoder (transformers.js)' },
      'encoder-name': {
        type: 'string',
        help: 'what it is called, e.g. Xenova/all-MiniLM-L6-v2; default: its folder',
      },
      report: { type: 'boolean', help: 'words are files of such lines: print the table with the goals' },
      figure: { type: 'string', help: 'with --report: write the figure of "scale" to this SVG' },
    },
    `names of benches (${BENCH_NAMES.join(', ')})`,
  );
  if (!args) return 0;
  if (args.has('report')) return report(args);
  const runtime = args.choice('runtime', ['browser', 'node'] as const);
  const names = namesOf(args, runtime === 'node' ? IN_NODE : BENCH_NAMES);
  const backends = args.text('backend') === undefined ? BACKENDS : [args.choice('backend', BACKENDS)];
  for (const name of names) {
    if (runtime === 'node' && !IN_NODE.includes(name)) {
      throw new UsageError(`"${name}" runs in a browser only; in Node: ${IN_NODE.join(', ')}.`);
    }
  }
  const emit = (figure: Figure) =>
    process.stdout.write(args.has('json') ? `${JSON.stringify(figure)}\n` : `${textOf(figure)}\n`);
  const request = {
    runs: args.whole('runs', 1),
    quick: args.has('quick'),
    threads: args.whole('threads', 1),
    fastPaths: fastPathsIn(args),
    seed: args.whole('seed'),
    peers: peersIn(args),
    runtime,
  };
  let browser: BenchBrowser | undefined;
  try {
    for (const name of names) {
      if (name === 'load') {
        await loadFigures(request.runs, emit);
        continue;
      }
      if (name === 'responsiveness') {
        await responsiveness(request.runs, (line) => process.stdout.write(`${JSON.stringify(line)}\n`));
        continue;
      }
      if (name === 'ltm') {
        await benchMemory({ runs: request.runs, quick: request.quick, seed: request.seed }, args.has('json'));
        continue;
      }
      if (name === 'retrieval') {
        const folder = args.text('encoder');
        const encoder =
          folder === undefined ? undefined : { folder, name: args.text('encoder-name') ?? folder };
        await benchRetrieval({ seed: request.seed, quick: request.quick, encoder }, args.has('json'));
        continue;
      }
      for (const backend of backends) {
        if (runtime === 'node') {
          const engine = await createBackend(backend, request);
          await runBench({ ...request, name, backend }, engine, directory('public/policy'), emit);
          engine.dispose();
        } else {
          browser ??= await openBenchBrowser(process.cwd());
          await browser.run({ ...request, name, backend }, emit);
        }
      }
    }
  } finally {
    await browser?.close();
  }
  return 0;
}

function report(args: Arguments): number {
  if (args.positionals.length === 0) throw new UsageError('--report needs files of JSON lines.');
  const texts = args.positionals.map((file) => readFileSync(file, 'utf8'));
  const figures = texts.flatMap(figuresIn);
  const svg = args.text('figure');
  if (svg !== undefined) writeFileSync(svg, scaleFigure(figures));
  const memory = ltmTable(texts.flatMap(ltmLinesIn));
  const tables = [...(figures.length > 0 ? [tableOf(figures)] : []), ...(memory === '' ? [] : [memory])];
  process.stdout.write(`${tables.join('\n\n')}\n`);
  return 0;
}

function peersIn(args: Arguments): readonly string[] | undefined {
  const peers = args
    .text('peers')
    ?.split(',')
    .map((name) => name.trim());
  const unknown = peers?.find((name) => !PEERS.includes(name));
  if (unknown === undefined) return peers;
  throw new UsageError(`There is no peer "${unknown}". Known: ${PEERS.join(', ')}.`);
}

function namesOf(args: Arguments, known: readonly BenchName[]): readonly BenchName[] {
  if (args.positionals.length === 0) return known;
  return args.positionals.map((text) => {
    const name = BENCH_NAMES.find((one) => one === text);
    if (!name) throw new UsageError(`There is no bench "${text}". Known: ${BENCH_NAMES.join(', ')}.`);
    return name;
  });
}
