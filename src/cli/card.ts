/**
 * `npm run card [-- --model public/worlds-policy]`: writes the model card of a policy of the site from raw evidence, into
 * its folder: `README.md` for people, `card.json` for the page, and the loss curve. No figure is typed by hand. The
 * evidence of the bundled policy has plain names (`evaluate-evaluation.jsonl`); that of another has its
 * own after the command (`evaluate-worlds-hotpotqa.jsonl`, `evaluate-worlds-shipped-hotpotqa.jsonl`).
 */
import { writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { openFolder } from '../engine/model/model-folder';
import { BUNDLED_POLICY, SITE_POLICIES, WORLDS_POLICY } from '../policies/site-policies';
import { Arguments, UsageError } from './arguments';
import { bundledCard } from './card/bundled-card';
import { Evidence } from './card/evidence';
import { lossCurve } from './card/loss-curve';
import { worldsCard } from './card/worlds-card';
import { directory } from './directory';

/** Who writes the card of each policy, and how its evidence is called. */
const CARDS = {
  [BUNDLED_POLICY.id]: { write: bundledCard, evidence: '' },
  [WORLDS_POLICY.id]: { write: worldsCard, evidence: 'worlds' },
};

export async function main(argv: readonly string[]): Promise<number> {
  const args = Arguments.parse(argv, 'Write the model card from docs/evidence.', {
    evidence: { type: 'string', help: 'folder of raw output', default: 'docs/evidence' },
    model: { type: 'string', help: 'model folder', default: 'public/policy' },
  });
  if (!args) return 0;
  const model = args.text('model') ?? 'public/policy';
  const policy = SITE_POLICIES.find(({ folder }) => folder === basename(resolve(model)));
  if (!policy) {
    const known = SITE_POLICIES.map(({ folder }) => folder).join(', ');
    throw new UsageError(`${model} is no policy of the site: the folder is called ${known}.`);
  }
  const { write, evidence } = CARDS[policy.id];
  const { config } = await openFolder(directory(model));
  const card = await write(new Evidence(args.text('evidence') ?? 'docs/evidence', evidence), config);
  await writeFile(join(model, 'card.json'), `${JSON.stringify(card.facts, null, 2)}\n`);
  await writeFile(join(model, 'loss.svg'), lossCurve(card.losses));
  await writeFile(join(model, 'README.md'), card.text);
  return 0;
}
