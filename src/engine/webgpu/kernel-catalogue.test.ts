/** The house rules for kernels, checked on every file: portable, described, with a readable interface. */
import { describe, expect, it } from 'vitest';
import { PARAMS_BYTES, readInterface } from './kernel';
import { kernelSources } from './kernel-catalogue';

const files = import.meta.glob<string>('./kernels/*.wgsl', { query: '?raw', import: 'default', eager: true });
const modules = Object.values(
  import.meta.glob<string>('./*.ts', { query: '?raw', import: 'default', eager: true }),
);

describe.each(Object.entries(files))('%s', (path, code) => {
  it('opens with its formula, its layout and its dispatch', () => {
    const lines = code.split('\n');
    const header = lines
      .slice(
        0,
        lines.findIndex((line) => !line.startsWith('//')),
      )
      .join(' ');
    expect(header).toMatch(/=/);
    expect(header).toMatch(/Layout: |Reads/);
    expect(header).toMatch(/Dispatch: |Every lane must call/);
  });

  it('asks for no optional feature, but where its name says so', () => {
    const asked = [...code.matchAll(/^\s*(?:enable|requires)\s+(\w+)/gm)].map(([, feature]) => feature);
    const named = /-(quad|subgroups|f16)\b/.exec(path)?.[1];
    expect(asked).toEqual(named ? [named === 'f16' ? 'f16' : 'subgroups'] : []);
  });
});

describe('kernel interfaces', () => {
  it.each(kernelSources('quads').map(({ label, code }) => [label, code] as const))('%s', (_, code) => {
    const { params, bindings } = readInterface(code);
    const fields = /struct Params \{([^}]*)\}/.exec(code)?.[1].match(/:/g)?.length;
    expect(params.length).toBe(fields);
    expect(params.length * 4).toBeLessThanOrEqual(PARAMS_BYTES);
    expect(bindings.map(({ binding }) => binding)).toEqual(bindings.map((_, i) => i + 1));
    expect(bindings.length).toBe(code.match(/var<storage/g)?.length);
    // Eight storage buffers are what every device offers.
    expect(bindings.length).toBeLessThanOrEqual(8);
    expect(bindings.some(({ writable }) => writable)).toBe(true);
  });

  it('uses every file: in the catalogue, or in a pipeline made for one model', () => {
    const all = kernelSources('quads').map(({ code }) => code);
    const imported = (path: string) => modules.some((text) => text.includes(`from '${path}?raw'`));
    for (const [path, code] of Object.entries(files)) {
      expect(all.some((source) => source.includes(code)) || imported(path), path).toBe(true);
    }
  });

  it('gives every pipeline its own name', () => {
    const labels = kernelSources('quads').map(({ label }) => label);
    expect(new Set(labels).size).toBe(labels.length);
  });
});
