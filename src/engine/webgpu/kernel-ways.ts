/**
 * Which variants of the kernels a device runs: what is asked for, what it offers, what its checks allow.
 *
 * Products straight from memory (software adapters, where a barrier costs more than a load), by quads of lanes
 * (`quad-check.ts`), and reductions by subgroup operations (GPUs that have them). Each is on only after its check
 * (`self-checks.ts`); one that fails is replaced by the plain kernels, and the list of faster ways says why.
 */
import type { FastPath } from '../backend';
import type { FastPathChoices } from '../fast-paths';
import type { ProductStyle } from './matmul-plan';
import type { Checked } from './self-checks';

export interface KernelWays {
  readonly products: ProductStyle;
  /** Sums over the lanes of a workgroup by subgroup operations. */
  readonly subgroups: boolean;
  /** The same in words, with those that are off. */
  readonly paths: Readonly<Record<Checked, FastPath>> & { readonly quads?: FastPath };
}

const NAMES: Readonly<Record<Checked, string>> = { direct: 'direct products', subgroups: 'subgroups' };

/** What to try on an adapter with these features. */
export function proposedWays(
  choices: Pick<FastPathChoices, 'products' | 'subgroups'>,
  software: boolean,
  features: { has(name: GPUFeatureName): boolean },
): KernelWays {
  const kind = software ? 'a software adapter' : 'a GPU';
  const products = choices.products ?? (software ? 'quads' : 'tiles');
  const { subgroups: wanted = 'auto' } = choices;
  const offered = features.has('subgroups');
  const subgroups = offered && (wanted === 'on' || (wanted === 'auto' && !software));
  const path = (name: Checked, state: FastPath['state'], why: string) => ({ name: NAMES[name], state, why });
  return {
    products,
    subgroups,
    paths: {
      direct:
        products !== 'tiles'
          ? path('direct', 'on', `Without workgroup memory, on ${kind}; a product and a norm are right.`)
          : path('direct', 'off', `Tiles in workgroup memory are used on ${kind}.`),
      subgroups: subgroups
        ? path('subgroups', 'on', 'Sums over rows, a vocabulary and a gradient are right.')
        : wanted === 'on'
          ? path('subgroups', 'refused', 'This device does not offer them.')
          : path(
              'subgroups',
              'off',
              wanted === 'off'
                ? 'They were not to be used.'
                : offered
                  ? 'A software adapter gains nothing by them.'
                  : 'This device does not offer them.',
            ),
    },
  };
}

/** What must be checked before these kernels are used. */
export function unproven({ products, subgroups }: KernelWays): readonly Checked[] {
  return [
    ...(products !== 'tiles' ? (['direct'] as const) : []),
    ...(subgroups ? (['subgroups'] as const) : []),
  ];
}

/** Products made in the way that was found right, with what came of quads. */
export function waysWith(ways: KernelWays, products: ProductStyle, quads: FastPath): KernelWays {
  return { ...ways, products, paths: { ...ways.paths, quads } };
}

/** The plain kernels in the place of one that failed. */
export function waysWithout(ways: KernelWays, failed: Checked, why: string): KernelWays {
  const refused: FastPath = { name: NAMES[failed], state: 'refused', why };
  const { quads } = ways.paths;
  // Quads take part in what failed.
  const without =
    failed === 'direct' && quads?.state === 'on'
      ? { quads: { ...quads, state: 'refused', why } as const }
      : {};
  return {
    products: failed === 'direct' ? 'tiles' : ways.products,
    subgroups: failed !== 'subgroups' && ways.subgroups,
    paths: { ...ways.paths, ...without, [failed]: refused },
  };
}
