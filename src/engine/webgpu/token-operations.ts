/** From logits to tokens and back: log-probabilities, their gradient, sampling. */
import type { SampleArgs, TokenLogprobsArgs, TokenLogprobsBackwardArgs } from '../backend';
import { floats, ints } from './gpu-tensor';
import type { Recorder } from './recorder';

export function tokenLogprobs(recorder: Recorder, args: TokenLogprobsArgs): void {
  const { rows, vocab, temperature } = args;
  recorder.dispatch({
    kernel: 'token-logprobs',
    operands: {
      logprob: floats(recorder, args.logprob, rows),
      entropy: floats(recorder, args.entropy, rows),
      lse: floats(recorder, args.lse, rows),
      logits: floats(recorder, args.logits, rows * vocab),
      ids: ints(recorder, args.targets, rows),
    },
    params: { rows, vocab, temperature },
    workgroups: rows,
  });
}

export function tokenLogprobsBackward(recorder: Recorder, args: TokenLogprobsBackwardArgs): void {
  const { rows, vocab, temperature, dEntropy } = args;
  recorder.dispatch({
    kernel: 'token-logprobs-backward',
    operands: {
      logits: floats(recorder, args.logits, rows * vocab),
      ids: ints(recorder, args.targets, rows),
      entropy: floats(recorder, args.entropy, rows),
      d_logprob: floats(recorder, args.dLogprob, rows),
      d_entropy: dEntropy ? floats(recorder, dEntropy, rows) : recorder.nothing,
    },
    params: { rows, vocab, temperature, has_entropy: Number(dEntropy !== undefined) },
    workgroups: rows,
  });
}

export function sample(recorder: Recorder, args: SampleArgs): void {
  const { rows, vocab, temperature } = args;
  const greedy = temperature === 0;
  recorder.dispatch({
    kernel: 'sample',
    operands: {
      ids: ints(recorder, args.ids, rows),
      logprob: floats(recorder, args.logprob, rows),
      entropy: floats(recorder, args.entropy, rows),
      logits: floats(recorder, args.logits, rows * vocab),
      uniforms: floats(recorder, args.uniforms, rows),
    },
    params: { rows, vocab, temperature: greedy ? 1 : temperature, greedy: Number(greedy) },
    workgroups: rows,
  });
}
