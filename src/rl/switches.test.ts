import { describe, expect, it } from 'vitest';
import { checkConfig, PRESETS } from './presets';
import { applySwitches, SWITCHES, SwitchError } from './switches';

const base = PRESETS.lab.config;
const set = (name: string, text: string) => applySwitches(base, new Map([[name, text]]));

describe('switches', () => {
  it.each(SWITCHES.map((s) => [s.name, s] as const))(
    '%s changes one thing and keeps the rest usable',
    (name, s) => {
      const value = s.choices
        ? s.choices.find((c) => JSON.stringify(set(name, c)) !== JSON.stringify(base))
        : // A discount is at most 1; every other number may be 3.
          name === 'gamma'
          ? '0.5'
          : '3';
      expect(value).toBeDefined();
      const changed = set(name, value ?? '');
      expect(JSON.stringify(changed)).not.toBe(JSON.stringify(base));
      expect(() => checkConfig(changed)).not.toThrow();
      expect(() => set(name, 'nonsense')).toThrow(SwitchError);
    },
  );

  it('land where the trainer reads them', () => {
    expect(set('epsilon', 'none').loss.epsilon).toBeNull();
    expect(set('epsilon-high', '0.28').loss.epsilonHigh).toBe(0.28);
    expect(set('maintenance', 'any').maintenance).toBe('any');
    expect(set('scale-rewards', 'none').advantage.scale).toBe('none');
    expect(set('step-normalisation', 'on').advantage.stepNormalisation).toBe(true);
  });

  it('no name twice, and an unset switch changes nothing', () => {
    expect(new Set(SWITCHES.map((s) => s.name)).size).toBe(SWITCHES.length);
    expect(applySwitches(base, new Map())).toEqual(base);
  });
});
