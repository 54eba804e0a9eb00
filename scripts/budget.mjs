/**
 * The JavaScript of a first visit, compressed as hosts send it, and what it may weigh. *Page*: what `index.html` loads
 * before anybody has pressed anything, that is its scripts, what they import at once, and what it preloads. *Worker*: the
 * lab's worker and what it imports at once, which computes and never holds up the page; it has a budget of its own, so that it does not grow
 * unseen.
 */
import { gzipSync } from 'node:zlib';

/** Kilobytes of 1000, gzip. */
export const BUDGET = { page: 200, worker: 280 };

/**
 * @param output what Vite's build returns: chunks and assets
 * @returns names and gzip bytes of both parts
 */
export function initialScripts(output) {
  const chunks = new Map(output.filter(({ type }) => type === 'chunk').map((file) => [file.fileName, file]));
  const html = output.find(({ fileName }) => fileName === 'index.html')?.source;
  if (html === undefined) throw new BudgetError('The build made no index.html: there is nothing to weigh.');
  const page = new Set();
  const queue = [...String(html).matchAll(/(?:src|href)="\.\/([^"]+\.js)"/g)].map(([, name]) => name);
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (page.has(name)) continue;
    page.add(name);
    queue.push(...(chunks.get(name)?.imports ?? []));
  }
  const worker = output.map(({ fileName }) => fileName).filter((name) => /\/lab-worker-.*\.js$/.test(name));
  const missing = [...page].filter((name) => !chunks.has(name));
  if (page.size === 0 || worker.length !== 1 || missing.length > 0) {
    throw new BudgetError(
      `The scripts of the page could not be told (${[...page].join(', ')}; worker: ${worker.join(', ')}). ` +
        'scripts/budget.mjs no longer fits what Vite builds.',
    );
  }
  const textOf = (name) => {
    const file = output.find(({ fileName }) => fileName === name);
    return String(file.type === 'chunk' ? file.code : file.source);
  };
  const weigh = (names) => ({
    names,
    bytes: names.reduce((sum, name) => sum + gzipSync(textOf(name)).length, 0),
  });
  return { page: weigh([...page].sort()), worker: weigh(withImports(worker[0], textOf)) };
}

/** Vite hands the scripts of a worker over as files, so what one imports at once is read from its text. */
const IMPORT = /(?:\bfrom|\bimport)\s*["']\.\/([^"']+\.js)["']/g;

/** A script and all that it imports at once, by name. */
export function withImports(first, textOf) {
  const folder = first.slice(0, first.lastIndexOf('/') + 1);
  const names = new Set([first]);
  for (const name of names) {
    for (const [, imported] of textOf(name).matchAll(IMPORT)) names.add(folder + imported);
  }
  return [...names].sort();
}

/** The parts in a sentence. Throws `BudgetError` if one weighs more than it may. */
export function checkBudget(scripts, budget = BUDGET) {
  const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
  const words = Object.entries(budget)
    .map(([part, most]) => `${part} ${kilobytes(scripts[part].bytes)} of ${most} kB`)
    .join(', ');
  const over = Object.keys(budget).filter((part) => scripts[part].bytes > budget[part] * 1000);
  if (over.length > 0) {
    const names = over.map((part) => `${part}: ${scripts[part].names.join(', ')}`).join('; ');
    throw new BudgetError(
      `The first visit loads too much JavaScript (gzip: ${words}). Load what is not needed at once by import() ` +
        `when it is asked for (${names}).`,
    );
  }
  return `JavaScript of a first visit, gzip: ${words}`;
}

export class BudgetError extends Error {
  constructor(message) {
    super(message);
    this.name = 'BudgetError';
  }
}
