import { describe, expect, it } from 'vitest';
import { unrolled } from './unroll';

const LOOP = `  var sum = 0.0;
  for (var d = 0u; d < width; d++) {
    if (d > 0) {
      sum += read[d] * depth[2 * d];
    }
  }
  for (var e = 0u; e < width; e++) {
    sum += e;
  }
`;

describe('unrolled', () => {
  it('repeats the body with the index as a constant and leaves other names and loops alone', () => {
    expect(unrolled(LOOP, 'd', 'width', 2)).toBe(`  var sum = 0.0;
  {
    if (0u > 0) {
      sum += read[0u] * depth[2 * 0u];
    }
  }
  {
    if (1u > 0) {
      sum += read[1u] * depth[2 * 1u];
    }
  }
  for (var e = 0u; e < width; e++) {
    sum += e;
  }
`);
  });

  it('leaves no loop over d in the attention kernels, whose bodies appear once for each four entries', () => {
    const files = import.meta.glob<string>(
      ['./kernels/attention-*direct.wgsl', './kernels/attention-*quad.wgsl'],
      {
        query: '?raw',
        import: 'default',
        eager: true,
      },
    );
    for (const [path, code] of Object.entries(files)) {
      const text = unrolled(code, 'd', 'width', 3);
      expect(text, path).not.toMatch(/for \(var d\b|\[d\]|\+ d\b/);
      const bodies = (index: string) => text.split(`[${index}]`).length - 1;
      expect(bodies('1u'), path).toBeGreaterThan(0);
      expect(bodies('2u'), path).toBe(bodies('1u'));
    }
    expect(Object.keys(files).length).toBeGreaterThan(0);
  });

  it('refuses a text without such a loop', () => {
    expect(() => unrolled(LOOP, 'f', 'width', 2)).toThrow(RangeError);
  });
});
