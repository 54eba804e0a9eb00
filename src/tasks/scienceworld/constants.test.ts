/** Our constants, and the cases of the tests, are those read from the original's sources, where that reading is at hand. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { recordsOf } from '../records.fixture';
import {
  ANIMALS,
  DEVICES,
  DOORS_OF_THE_ORIGINAL,
  GOALS,
  LIFE_CYCLES,
  MATERIALS,
  ROOMS_OF_THE_ORIGINAL,
  SUBSTANCES,
} from './constants';

const { there, text } = recordsOf('scienceworld');

/** The parts of it that are used here. */
interface Recorded {
  readonly materials: {
    readonly materials: Readonly<
      Record<
        string,
        {
          readonly substanceName: string | null;
          readonly nameInStateOfMatter: Readonly<Record<string, string | null>>;
          readonly meltingPoint: number;
          readonly boilingPoint: number;
          readonly thermalConductivity: number;
        }
      >
    >;
  };
  readonly substances: Readonly<Record<string, { readonly material: string }>>;
  readonly heat: {
    readonly properties: Readonly<Record<string, { readonly maxTemp?: number; readonly minTemp?: number }>>;
    readonly devices: Readonly<
      Record<
        string,
        { readonly name: string; readonly properties: string; readonly on_when_created: boolean }
      >
    >;
  };
  readonly life: {
    readonly cycles: Readonly<
      Record<
        string,
        {
          readonly stages: readonly {
            readonly stage: string;
            readonly duration: number | null;
            readonly canonical: string | null;
            readonly then: string | null;
          }[];
        }
      >
    >;
    readonly animals: Readonly<Record<string, { readonly cycle: string; readonly years: number }>>;
  };
  readonly rooms: { readonly rooms: readonly string[]; readonly doors: readonly (readonly string[])[] };
  readonly goals: Readonly<
    Record<string, { readonly ordered: readonly unknown[]; readonly unordered: readonly unknown[] }>
  >;
}

const mapped = <From, To>(all: Readonly<Record<string, From>>, to: (one: From) => To) =>
  Object.fromEntries(Object.entries(all).map(([name, one]) => [name, to(one)]));

describe.skipIf(!there)('constants of ScienceWorld', () => {
  const recorded: Recorded = there ? JSON.parse(text('constants.json')) : null;

  test('81 materials and 47 substances', () => {
    const ours = mapped(MATERIALS, ({ name, names, melts, boils, conducts }) => {
      return { name: name ?? null, names, melts, boils, conducts };
    });
    expect(ours).toEqual(
      mapped(recorded.materials.materials, (one) => ({
        name: one.substanceName,
        names: one.nameInStateOfMatter,
        melts: one.meltingPoint,
        boils: one.boilingPoint,
        conducts: one.thermalConductivity,
      })),
    );
    expect(mapped(SUBSTANCES, ({ material }) => material)).toEqual(
      mapped(recorded.substances, ({ material }) => material),
    );
    expect([Object.keys(MATERIALS).length, Object.keys(SUBSTANCES).length]).toEqual([81, 47]);
  });

  test('10 devices', () => {
    const { devices, properties } = recorded.heat;
    expect(DEVICES).toEqual(
      mapped(devices, ({ name, properties: called, on_when_created: onAtStart }) => {
        const { maxTemp, minTemp } = properties[called];
        return {
          name,
          kind: maxTemp === undefined ? 'cools' : 'heats',
          limit: maxTemp ?? minTemp,
          onAtStart,
        };
      }),
    );
    expect(Object.keys(DEVICES)).toHaveLength(10);
  });

  test('7 life cycles and 22 animals', () => {
    const { cycles, animals } = recorded.life;
    expect(LIFE_CYCLES).toEqual(
      mapped(cycles, ({ stages }) =>
        stages.map(({ stage, duration, canonical, then }) => ({
          stage,
          ticks: duration,
          name: canonical,
          then,
        })),
      ),
    );
    expect(ANIMALS).toEqual(mapped(animals, ({ cycle, years }) => ({ cycle, years })));
    expect([Object.keys(LIFE_CYCLES).length, Object.keys(ANIMALS).length]).toEqual([7, 22]);
  });

  test('10 rooms, 10 doors, and how many goals 12 tasks have', () => {
    expect([ROOMS_OF_THE_ORIGINAL, DOORS_OF_THE_ORIGINAL]).toEqual([
      recorded.rooms.rooms,
      recorded.rooms.doors,
    ]);
    expect(GOALS).toEqual(
      mapped(recorded.goals, ({ ordered, unordered }) => {
        return { ordered: ordered.length, unordered: unordered.length };
      }),
    );
    expect(Object.keys(GOALS)).toHaveLength(12);
  });

  test('the cases kept here are the recorded ones, unchanged', () => {
    const kept = readFileSync(new URL('./fixtures/cases.jsonl', import.meta.url), 'utf8');
    expect(kept).toBe(text('cases.jsonl'));
  });
});
