import { expect, it } from 'vitest';
import type {
  AttentionArgs,
  AttentionBackwardArgs,
  Backend,
  LinearBackwardArgs,
  MatmulArgs,
  RmsNormArgs,
  TokenLogprobsArgs,
} from '../backend';
import { ReferenceBackend } from '../reference/reference-backend';
import { proposedWays, unproven, wantedFeatures, waysWithout } from './kernel-ways';
import { selfCheckTrouble } from './self-checks';

const EVERYTHING = new Set<GPUFeatureName>(['subgroups']);
const HALVES = new Set<GPUFeatureName>(['shader-f16']);
const NOTHING = new Set<GPUFeatureName>();

it('a GPU with subgroups uses them after a check, a software adapter only where they are asked for', () => {
  expect(unproven(proposedWays({}, false, EVERYTHING))).toEqual(['subgroups']);
  expect(unproven(proposedWays({ subgroups: 'off' }, false, EVERYTHING))).toEqual([]);
  expect(unproven(proposedWays({}, true, EVERYTHING))).toEqual(['quads']);
  expect(unproven(proposedWays({}, true, NOTHING))).toEqual(['direct']);
  expect(unproven(proposedWays({ subgroups: 'on', products: 'tiles' }, true, EVERYTHING))).toEqual([
    'subgroups',
  ]);
});

it.each([
  ['on', 'refused'],
  ['auto', 'off'],
  ['off', 'off'],
] as const)('subgroups %s without the feature: %s', (subgroups, state) => {
  const ways = proposedWays({ subgroups }, false, NOTHING);
  expect([ways.subgroups, ways.paths.subgroups.state]).toEqual([false, state]);
});

it.each([
  [{ f16: 'on' }, HALVES, 'on'],
  [{ f16: 'on', products: 'direct' }, HALVES, 'refused'],
  [{ f16: 'on' }, EVERYTHING, 'refused'],
  [{ f16: 'off' }, HALVES, 'off'],
  [{}, HALVES, 'off'],
] as const)('tiles in half precision with %j', (choices, features, state) => {
  const ways = proposedWays(choices, false, features);
  expect([ways.halves, ways.paths.halves.state]).toEqual([state === 'on', state]);
  expect(wantedFeatures(ways)).toEqual(ways.halves ? ['shader-f16'] : []);
  expect(unproven(waysWithout(ways, 'halves', 'It failed.'))).not.toContain('halves');
});

it('quads want a device with subgroups, else products are direct', () => {
  const { products, paths } = proposedWays({}, true, NOTHING);
  expect([products, paths.quads.state, paths.direct.state]).toEqual(['direct', 'refused', 'on']);
  expect(proposedWays({ products: 'tiles' }, true, EVERYTHING).paths.quads.state).toBe('off');
});

it('what failed its check is plain, with the reason; the rest stays', () => {
  const ways = proposedWays({ subgroups: 'on' }, true, EVERYTHING);
  const direct = waysWithout(ways, 'quads', 'They failed.');
  expect(direct).toMatchObject({ products: 'direct', paths: { quads: { why: 'They failed.' } } });
  expect(unproven(direct)).toEqual(['direct', 'subgroups']);
  const left = waysWithout(direct, 'direct', 'It failed.');
  expect(left).toMatchObject({
    products: 'tiles',
    subgroups: true,
    paths: {
      quads: { state: 'refused', why: 'They failed.' },
      direct: { state: 'refused', why: 'It failed.' },
      subgroups: { state: 'on' },
    },
  });
  expect(unproven(waysWithout(left, 'subgroups', 'That too.'))).toEqual([]);
});

/** The reference with one operation made slightly wrong. */
function altered(changes: Partial<Backend>): Backend {
  return Object.assign(new ReferenceBackend(), changes);
}

it('checks pass what is right and name what is wrong by a thousandth', async () => {
  const right = new ReferenceBackend();
  expect(await selfCheckTrouble(right, 'direct')).toBeNull();
  expect(await selfCheckTrouble(right, 'subgroups')).toBeNull();
  expect(await selfCheckTrouble(right, 'halves')).toBeNull();
  const product = altered({ matmul: (args: MatmulArgs) => right.matmul({ ...args, alpha: 0.5005 }) });
  expect(await selfCheckTrouble(product, 'direct')).toMatch(/product 7 x 12 x 36 gave/);
  const gradients = altered({
    linearBackward: (args: LinearBackwardArgs) => right.linearBackward({ ...args, accumulate: false }),
  });
  expect(await selfCheckTrouble(gradients, 'direct')).toMatch(/gradient of the input of a layer/);
  const blind = altered({
    attention: (args: AttentionArgs) => right.attention({ ...args, queryEnd: undefined }),
  });
  expect(await selfCheckTrouble(blind, 'direct')).toMatch(/output of attention over a tree gave/);
  const scaled = altered({
    attentionBackward: (args: AttentionBackwardArgs) =>
      right.attentionBackward({ ...args, scale: 1.0001 * args.scale }),
  });
  expect(await selfCheckTrouble(scaled, 'direct')).toMatch(/gradient of the \w+ of attention/);
  const rounded = altered({ matmul: (args: MatmulArgs) => right.matmul({ ...args, alpha: 0.5001 }) });
  expect(await selfCheckTrouble(rounded, 'halves')).toBeNull();
  const far = altered({ matmul: (args: MatmulArgs) => right.matmul({ ...args, alpha: 0.505 }) });
  expect(await selfCheckTrouble(far, 'halves')).toMatch(/product 19 x 21 x 33 gave/);
  const norm = altered({ rmsNorm: (args: RmsNormArgs) => right.rmsNorm({ ...args, eps: 0.01 }) });
  expect(await selfCheckTrouble(norm, 'subgroups')).toMatch(/norm of rows of 19 gave/);
  const logprobs = altered({
    tokenLogprobs: (args: TokenLogprobsArgs) => right.tokenLogprobs({ ...args, temperature: 0.7007 }),
  });
  expect(await selfCheckTrouble(logprobs, 'subgroups')).toMatch(/log-probs gave/);
  const silent = altered({ clipFactor: () => {} });
  expect(await selfCheckTrouble(silent, 'subgroups')).toMatch(/norm of a gradient gave 0 instead/);
});
