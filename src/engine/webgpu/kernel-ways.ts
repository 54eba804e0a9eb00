/**
 * Which variants of the kernels a device runs: what is asked for, what it offers, what its checks allow.
 *
 * Products straight from memory (software adapters, where a barrier costs more than a load), by quads of lanes that share
 * what they read, through tiles in half precision (only where asked for), and reductions by subgroup operations
 * (GPUs that have them). Each is on only after its check (`self-checks.ts`); in the place of quads that fail come direct
 * kernels, in the place of anything else the plain ones, and the list of faster ways says why.
 */
import type { FastPath } from '../backend';
import type { FastPathChoices } from '../fast-paths';
import type { ProductStyle } from './matmul-plan';
import type { Checked } from './self-checks';

export interface KernelWays {
  readonly products: ProductStyle;
  /** Sums over the lanes of a workgroup by subgroup operations. */
  readonly subgroups: boolean;
  /** Operands of tiled products in workgroup memory as f16. */
  readonly halves: boolean;
  /** The same in words, with those that are off. */
  readonly paths: Readonly<Record<Checked, FastPath>>;
}

/** What of the choices concerns the kernels of this back end. */
export type KernelChoices = Pick<FastPathChoices, 'products' | 'subgroups' | 'f16'>;

/** What a device may have. */
interface Features {
  has(name: GPUFeatureName): boolean;
}

const NAMES: Readonly<Record<Checked, string>> = {
  quads: 'products by quads of lanes',
  direct: 'direct products',
  subgroups: 'subgroups',
  halves: 'half-precision tiles',
};

/** What to try on an adapter with these features. */
export function proposedWays(choices: KernelChoices, software: boolean, features: Features): KernelWays {
  const wanted = choices.products ?? (software ? 'quads' : 'tiles');
  const quads = quadsPath(wanted, features.has('subgroups'));
  const products = wanted === 'quads' && quads.state !== 'on' ? 'direct' : wanted;
  const paths = {
    quads,
    direct: directPath(products, software),
    subgroups: subgroupsPath(choices.subgroups ?? 'auto', software, features.has('subgroups')),
    halves: halvesPath(choices.f16 ?? 'off', products, features.has('shader-f16')),
  };
  return {
    products,
    subgroups: paths.subgroups.state === 'on',
    halves: paths.halves.state === 'on',
    paths,
  };
}

function quadsPath(wanted: ProductStyle, offered: boolean): FastPath {
  const name = NAMES.quads;
  if (wanted !== 'quads') return { name, state: 'off', why: 'They pay on software adapters only.' };
  if (!offered) return { name, state: 'refused', why: 'This device has no subgroups.' };
  return { name, state: 'on', why: 'A layer, a norm and attention (heads of 32) are right.' };
}

function directPath(products: ProductStyle, software: boolean): FastPath {
  const name = NAMES.direct;
  const kind = software ? 'a software adapter' : 'a GPU';
  return products === 'tiles'
    ? { name, state: 'off', why: `Tiles in workgroup memory are used on ${kind}.` }
    : {
        name,
        state: 'on',
        why: `Without workgroup memory, on ${kind}; a layer, a norm and attention (heads of 32) are right.`,
      };
}

function subgroupsPath(wanted: 'off' | 'auto' | 'on', software: boolean, offered: boolean): FastPath {
  const name = NAMES.subgroups;
  if (wanted === 'off') return { name, state: 'off', why: 'They were not to be used.' };
  if (!offered) {
    return { name, state: wanted === 'on' ? 'refused' : 'off', why: 'This device does not offer them.' };
  }
  if (wanted === 'auto' && software) {
    return { name, state: 'off', why: 'Left off on a software adapter unless asked for.' };
  }
  return { name, state: 'on', why: 'Sums over rows, a vocabulary and a gradient are right.' };
}

function halvesPath(wanted: 'off' | 'on', products: ProductStyle, offered: boolean): FastPath {
  const name = NAMES.halves;
  if (wanted === 'off') return { name, state: 'off', why: 'Not asked for: training promises float32.' };
  if (!offered) return { name, state: 'refused', why: 'This device does not offer shader-f16.' };
  if (products !== 'tiles') {
    return { name, state: 'refused', why: 'Products here use no tiles; ask for tiles too.' };
  }
  return { name, state: 'on', why: 'Products are right to a five hundredth of the largest result.' };
}

/** Features to ask the device for beside those that are always welcome. */
export function wantedFeatures({ halves }: KernelWays): readonly GPUFeatureName[] {
  return halves ? ['shader-f16'] : [];
}

/** What must be checked before these kernels are used. */
export function unproven({ products, subgroups, halves }: KernelWays): readonly Checked[] {
  // Where quads are used the rest is direct, and is tried with them.
  const tried: Readonly<Record<Checked, boolean>> = {
    quads: products === 'quads',
    direct: products === 'direct',
    subgroups,
    halves,
  };
  return (Object.keys(tried) as Checked[]).filter((checked) => tried[checked]);
}

const NEXT: Readonly<Record<ProductStyle, ProductStyle>> = {
  quads: 'direct',
  direct: 'tiles',
  tiles: 'tiles',
};

/** The next plainer kernels in the place of those that failed. */
export function waysWithout(ways: KernelWays, failed: Checked, why: string): KernelWays {
  const refused: FastPath = { name: NAMES[failed], state: 'refused', why };
  return {
    products: failed === ways.products ? NEXT[ways.products] : ways.products,
    subgroups: failed !== 'subgroups' && ways.subgroups,
    halves: failed !== 'halves' && ways.halves,
    paths: { ...ways.paths, [failed]: refused },
  };
}
