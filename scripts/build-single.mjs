/**
 * `npm run build:single`: the lab as one HTML file, dist-single/agemem-lab.html, that runs from a stick by double click.
 *
 * One script, with everything that the site loads late and the worker as text in it; styles; the files of the policy and
 * its adapter as blocks of base64; those of further policies of the site while there is room. The content security policy names script and styles by their hashes and allows no
 * connection but to `data:`, from which WebAssembly is read. Fails above 8 MB, if anything is left that the page
 * would have to fetch, or if the runtimes of other models have found their way in.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkNode, ensurePackages, root } from './install.mjs';
import { oneFontFormat } from './one-font-format.mjs';

export const SINGLE_FILE = join(root, 'dist-single/agemem-lab.html');
const MOST_BYTES = 8_000_000;
/** Below `public/`. */
const FOLDERS = ['policy', 'adapter', 'recorded'];
/** A policy that is not opened first, in a folder beside that of its adapter: it comes along while it fits. */
const FURTHER_POLICY = /^(\w+)-policy$/;
/** What people read and the lab does not. */
const NOT_READ = /\.(md|svg)$/;
/** Never started: the worker of the single file asks for one thread. */
const NOT_STARTED = /^assets\/thread-[^/]*\.js$/;
/** Modules that would bring a runtime of other models. */
const FOREIGN = /[\\/]node_modules[\\/](@huggingface[\\/]transformers|onnxruntime|@mlc-ai)[\\/-]/;

/** Stands in the page until the script, which comes last, has run. */
const OPENING =
  'AgeMem Lab is opening … If nothing follows, this file is incomplete: copy it anew from where it came from.';

class SingleFileError extends Error {
  constructor(message) {
    super(message);
    this.name = 'SingleFileError';
  }
}

/** Modules that bring such a runtime, by the end of their path, with what stands in for each. */
const STAND_INS = [
  [/(^|\/)encoder-runtime(\.ts)?$/, 'no-encoder-runtime.ts'],
  [/(^|\/)open-transformers(\.ts)?$/, 'no-transformers.ts'],
  [/(^|\/)open-web-llm(\.ts)?$/, 'no-web-llm.ts'],
];

/** Takes those runtimes out and sees to it that no other comes in. */
function withoutForeignRuntimes() {
  return {
    name: 'without-foreign-runtimes',
    enforce: 'pre',
    resolveId(source) {
      const standIn = STAND_INS.find(([ending]) => ending.test(source))?.[1];
      return standIn === undefined ? null : join(root, 'src/single-file', standIn);
    },
    load(id) {
      if (FOREIGN.test(id))
        throw new SingleFileError(`${id} has no place in the single file: load it from the site only.`);
    },
  };
}

/** Script and styles, everything the lab ever loads in them. */
async function bundle() {
  const { build } = await import('vite');
  const { default: react } = await import('@vitejs/plugin-react');
  const { output } = await build({
    configFile: false,
    root,
    base: './',
    publicDir: false,
    logLevel: 'warn',
    plugins: [oneFontFormat(), react(), withoutForeignRuntimes()],
    worker: { format: 'iife', plugins: () => [withoutForeignRuntimes()] },
    build: {
      write: false,
      target: 'es2022',
      assetsInlineLimit: Number.MAX_SAFE_INTEGER,
      cssCodeSplit: false,
      modulePreload: false,
      chunkSizeWarningLimit: 8192,
      rollupOptions: {
        input: join(root, 'src/single-file/start.ts'),
        output: { codeSplitting: false },
      },
    },
  });
  const kept = output.filter(({ fileName }) => !NOT_STARTED.test(fileName));
  const scripts = kept.filter(({ type }) => type === 'chunk');
  const styles = kept.filter(({ fileName }) => fileName.endsWith('.css'));
  if (scripts.length !== 1 || styles.length !== 1 || kept.length !== 2) {
    const names = kept.map(({ fileName }) => fileName).join(', ');
    throw new SingleFileError(`One script and one sheet of styles were to come out; these did: ${names}.`);
  }
  return { script: scripts[0].code, style: String(styles[0].source) };
}

/** Text that may stand in an element of this name: what would end it, or begin a comment in it, written otherwise. */
function within(element, text) {
  const safe = text.replaceAll(new RegExp(`</(?=${element})`, 'gi'), '<\\/').replaceAll('<!--', '<\\!--');
  // The reader of HTML changes these, and with them the hash.
  if (/[\0\r]/.test(safe))
    throw new SingleFileError(`The ${element} holds characters that HTML does not keep.`);
  return safe;
}

const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

function securityPolicy(script, style) {
  return [
    "default-src 'none'",
    `script-src ${hash(script)} 'wasm-unsafe-eval'`,
    `style-src ${hash(style)}`,
    'worker-src blob:',
    'img-src data: blob:',
    // The fonts of formulas, which lie in the styles.
    'font-src data:',
    'connect-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** Folders of each further policy. */
function furtherPolicies() {
  const names = readdirSync(join(root, 'public')).sort();
  return names.flatMap((name) => {
    const [, which] = FURTHER_POLICY.exec(name) ?? [];
    return which === undefined ? [] : [[name, `${which}-adapter`].filter((folder) => names.includes(folder))];
  });
}

function dataBlocks(folders) {
  return folders.flatMap((folder) =>
    readdirSync(join(root, 'public', folder))
      .filter((name) => !NOT_READ.test(name))
      .map((name) => {
        const data = readFileSync(join(root, 'public', folder, name)).toString('base64');
        return `<script type="application/octet-stream" data-file="${folder}/${name}">${data}</script>`;
      }),
  );
}

/** index.html with everything it refers to inside. */
function document({ script, style }, folders) {
  const icon = readFileSync(join(root, 'public/icon.svg')).toString('base64');
  const page = readFileSync(join(root, 'index.html'), 'utf8');
  const parts = [
    [
      /<head>/,
      () =>
        `<head>\n    <meta http-equiv="Content-Security-Policy" content="${securityPolicy(script, style)}" />`,
    ],
    [/href="\.\/icon\.svg"/, () => `href="data:image/svg+xml;base64,${icon}"`],
    [/\s*<link rel="apple-touch-icon"[^>]*>/, () => ''],
    [/\s*<link rel="manifest"[^>]*>/, () => ''],
    [/<div id="root"><\/div>/, () => `<div id="root"><p>${OPENING}</p></div>`],
    [/<\/head>/, () => `<style>${style}</style>\n  </head>`],
    [
      /<script type="module" src=[^>]*><\/script>/,
      () => `${dataBlocks(folders).join('\n')}\n<script type="module">${script}</script>`,
    ],
  ];
  return parts.reduce((text, [place, part]) => {
    if (!place.test(text)) throw new SingleFileError(`index.html has no ${place.source} any more.`);
    return text.replace(place, part);
  }, page);
}

const megabytesOf = (text) => (Buffer.byteLength(text) / 1e6).toFixed(2);

export async function buildSingle() {
  ensurePackages();
  const { ensureWasm } = await import('./build-wasm.mjs');
  await ensureWasm();
  const mode = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  try {
    const { script, style } = await bundle();
    const parts = { script: within('script', script), style: within('style', style) };
    let text = document(parts, FOLDERS);
    if (Buffer.byteLength(text) > MOST_BYTES) {
      const weight = megabytesOf(text);
      throw new SingleFileError(`The single file weighs ${weight} MB of at most ${MOST_BYTES / 1e6}.`);
    }
    const folders = [...FOLDERS];
    for (const policy of furtherPolicies()) {
      const larger = document(parts, [...folders, ...policy]);
      if (Buffer.byteLength(larger) <= MOST_BYTES) {
        folders.push(...policy);
        text = larger;
      } else console.error(`Left out, since it would weigh ${megabytesOf(larger)} MB: ${policy.join(', ')}`);
    }
    rmSync(SINGLE_FILE, { force: true });
    mkdirSync(join(SINGLE_FILE, '..'), { recursive: true });
    writeFileSync(SINGLE_FILE, text);
    console.error(
      `The lab in one file: ${megabytesOf(text)} MB of at most ${MOST_BYTES / 1e6}, ${SINGLE_FILE}`,
    );
  } finally {
    if (mode === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = mode;
  }
}

if (process.argv[1] === join(root, 'scripts/build-single.mjs')) {
  checkNode();
  await buildSingle();
}
