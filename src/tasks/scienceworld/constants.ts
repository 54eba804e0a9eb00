/**
 * Constants of ScienceWorld (allenai/ScienceWorld, Apache-2.0; `constants.json` says from which commit): materials with
 * the points at which they melt and boil, devices that heat and cool, life cycles, animals, the ten rooms.
 */
import constants from './constants.json';

export type StateOfMatter = 'solid' | 'liquid' | 'gas';

export interface Material {
  readonly name: string;
  /** What it is called in each state; nothing where the sources compute it (rust, paints). */
  readonly names: Readonly<Partial<Record<StateOfMatter, string>>>;
  /** °C */
  readonly melts: number;
  /** °C */
  readonly boils: number;
  /** Share of a difference that passes, before the coefficient of transfer. */
  readonly conducts: number;
}

export interface Device {
  readonly name: string;
  readonly kind: 'heats' | 'cools';
  /** °C that it reaches. */
  readonly limit: number;
  readonly onAtStart: boolean;
}

export interface LifeStage {
  readonly stage: string;
  /** Null: it lasts. */
  readonly ticks: number | null;
  /** What such an animal is then called; null: as always. */
  readonly name: string | null;
  /** Null: nothing comes after it. */
  readonly then: string | null;
}

// Read as text, so its shapes are those of the file; the tests go through every entry that is used.
const all = constants as unknown as {
  readonly materials: Readonly<Record<string, Material>>;
  readonly substances: Readonly<Record<string, { readonly material: string }>>;
  readonly devices: Readonly<Record<string, Device>>;
  readonly cycles: Readonly<Record<string, readonly LifeStage[]>>;
  readonly animals: Readonly<Record<string, { readonly cycle: string; readonly years: number }>>;
  readonly rooms: readonly string[];
  readonly doors: readonly (readonly string[])[];
  readonly goals: Readonly<Record<string, { readonly ordered: number; readonly unordered: number }>>;
};

export const { materials: MATERIALS, substances: SUBSTANCES, devices: DEVICES } = all;
export const { cycles: LIFE_CYCLES, animals: ANIMALS, goals: GOALS } = all;
export const { rooms: ROOMS_OF_THE_ORIGINAL, doors: DOORS_OF_THE_ORIGINAL } = all;
