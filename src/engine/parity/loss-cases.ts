/** Activations, log-probabilities, sampling and the optimiser. */
import type { CaseList } from './parity-case';

export function addActivations(list: CaseList): void {
  for (const length of [1, 3, 64, 1001, 5000]) {
    list.add(`swiGlu and its gradient, ${length}`, (desk) => {
      const gate = desk.normal(length, 4);
      const up = desk.normal(length);
      desk.backend.swiGlu({ out: desk.output('out', length), gate, up });
      desk.backend.swiGluBackward({
        dGate: desk.output('dGate', length),
        dUp: desk.output('dUp', length),
        dOut: desk.normal(length),
        gate,
        up,
      });
    });
  }
  list.add('swiGlu far from zero', (desk) => {
    const gate = desk.floats(
      Float32Array.from([-200, -104, -88, -87, -30, -1e-30, 0, 1e-30, 30, 87, 88, 104, 200]),
    );
    const up = desk.floats(new Float32Array(13).fill(2));
    desk.backend.swiGlu({ out: desk.output('out', 13), gate, up });
  });
}

export function addLogprobs(list: CaseList): void {
  for (const [rows, vocab] of [
    [1, 2],
    [3, 7],
    [6, 180],
    [5, 1023],
    [2, 2050],
  ] as const) {
    for (const temperature of [1, 0.7]) {
      for (const withEntropy of [false, true]) {
        const flags = `temperature ${temperature}${withEntropy ? ', dEntropy' : ''}`;
        list.add(`tokenLogprobs and gradient ${rows}x${vocab}, ${flags}`, (desk) => {
          // With two tokens a wide spread leaves a gradient of nothing but 1 - p, p near 1.
          const data = desk.numbers.normal(rows * vocab, vocab < 10 ? 1 : 3, 10);
          const targets = desk.ints(desk.numbers.integers(rows, 0, vocab - 1));
          const lse = desk.output('lse', rows);
          const entropy = desk.output('entropy', rows);
          const logits = desk.output('dLogits', rows * vocab, data);
          const shape = { logits, targets, lse, entropy, rows, vocab, temperature };
          desk.backend.tokenLogprobs({ ...shape, logprob: desk.output('logprob', rows) });
          desk.backend.tokenLogprobsBackward({
            ...shape,
            dLogprob: desk.normal(rows),
            dEntropy: withEntropy ? desk.normal(rows) : undefined,
          });
        });
      }
    }
    for (const temperature of [0, 0.7, 1]) {
      list.add(`sample ${rows}x${vocab}, temperature ${temperature}`, (desk) => {
        desk.backend.sample({
          ids: desk.output('ids', rows, undefined, 'i32'),
          logprob: desk.output('logprob', rows),
          entropy: desk.output('entropy', rows),
          logits: desk.normal(rows * vocab, 2),
          uniforms: desk.floats(Float32Array.from({ length: rows }, () => desk.numbers.next())),
          rows,
          vocab,
          temperature,
        });
      });
    }
  }
}

export function addOptimizer(list: CaseList): void {
  for (const length of [1, 50, 777, 40_000]) {
    for (const maxNorm of [0, 0.5, 1e6]) {
      list.add(`clipFactor ${length}, limit ${maxNorm}`, (desk) => {
        desk.backend.clipFactor({ out: desk.output('out', 2), x: desk.normal(length), maxNorm });
      });
    }
    list.add(`adamW ${length}, three steps`, (desk) => {
      const param = desk.output('param', length, desk.numbers.normal(length));
      const m = desk.output('m', length, new Float32Array(length));
      const v = desk.output('v', length, new Float32Array(length));
      const clip = desk.output('clip', 2);
      for (let step = 1; step <= 3; step++) {
        const grad = desk.normal(length);
        desk.backend.clipFactor({ out: clip, x: grad, maxNorm: 1 });
        desk.backend.adamW({
          param,
          grad,
          m,
          v,
          clip,
          length,
          lr: 0.01,
          beta1: 0.9,
          beta2: 0.999,
          eps: 1e-8,
          weightDecay: 0.1,
          step,
        });
      }
    });
  }
}
