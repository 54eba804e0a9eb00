/** Runs one benchmark on one of our back ends, in a page or in Node, with the peers that run there. */
import type { Backend } from '../engine/backend';
import type { FastPathChoices } from '../engine/fast-paths';
import { folderAt, type OpenedModel, openModelFolder, type ReadFile } from '../engine/model/model-folder';
import { SeededNumbers } from '../engine/parity/seeded-numbers';
import type { BenchName, Emit, Setting } from './benches';
import { type BenchBackend, type Contestant, type Figure, refusal, words } from './figure';
import { type MakeProduct, matmul } from './matmul';

export interface BenchRequest {
  readonly name: Exclude<BenchName, 'load' | 'responsiveness' | 'ltm' | 'retrieval'>;
  readonly backend: BenchBackend;
  readonly runs: number;
  readonly quick: boolean;
  readonly threads?: number;
  readonly fastPaths?: FastPathChoices;
  readonly seed: number;
  /** Engines beside ours; left out: all that run there. */
  readonly peers?: readonly string[];
  /** In Node only jax-js on WebAssembly runs beside us. */
  readonly runtime: 'browser' | 'node';
}

/**
 * @param site where `policy/` lies: an address, or in Node a way to read its files
 */
export async function runBench(
  request: BenchRequest,
  engine: Backend,
  site: URL | ReadFile,
  emit: Emit,
): Promise<void> {
  const { backend, runs, quick, runtime } = request;
  const setting: Setting = {
    backend,
    engine,
    runs,
    quick,
    random: new SeededNumbers(request.seed),
    decode: request.fastPaths?.decode === 'plain' ? 'plain' : undefined,
  };
  const stamp = { runtime, date: new Date().toISOString(), seed: request.seed, ...(quick && { quick }) };
  const say: Emit = (figure) => emit({ ...figure, ...stamp });
  const policy = await openModelFolder(site instanceof URL ? folderAt(new URL('policy', site)) : site);
  switch (request.name) {
    case 'matmul':
      await matmul(setting, await productPeers(request, engine, say), say, policy.config);
      break;
    case 'lora-step': {
      const { loraStep } = await import('./lora-step');
      await loraStep(setting, policy, request, say);
      break;
    }
    case 'decode': {
      const { decode } = await import('./decode');
      await decode(setting, policy, request, say);
      break;
    }
    case 'grpo-step': {
      const { grpoStep } = await import('./grpo-step');
      await grpoStep(setting, policy, say);
      break;
    }
    case 'scale': {
      const { scale } = await import('./scale');
      await scale(setting, say);
      break;
    }
    case 'profile': {
      const { profile } = await import('./profile');
      await profile(setting, policy, say);
      break;
    }
  }
}

export type { Contestant, Figure, OpenedModel };

/** A peer that does not start is a line, not silence. */
export async function opened<Peer>(
  what: { readonly bench: string; readonly engine: string; readonly size: string },
  request: BenchRequest,
  device: string,
  emit: Emit,
  open: () => Promise<Peer | null>,
): Promise<readonly Peer[]> {
  const none = (reason: string) => {
    const settings = { ...what, backend: request.backend, device, flops: null, tolerance: 0, runs: 0 };
    emit(refusal(settings, what.engine, reason));
    return [];
  };
  if (request.peers && !request.peers.includes(what.engine)) return none('left out by --peers');
  try {
    const peer = await open();
    return peer ? [peer] : none(`it does not offer ${request.backend} here`);
  } catch (problem) {
    return none(`it did not start: ${words(problem)}`);
  }
}

async function productPeers(request: BenchRequest, engine: Backend, emit: Emit): Promise<MakeProduct[]> {
  const { backend, runtime } = request;
  const { device } = engine.info;
  const ask = (name: string, open: () => Promise<MakeProduct | null>) =>
    opened({ bench: 'matmul', engine: name, size: 'all' }, request, device, emit, open);
  const jax = await ask('jax-js', async () => {
    const { jaxProduct, openJax } = await import('./peers/jax');
    return (await openJax(backend)) ? jaxProduct(backend) : null;
  });
  if (runtime === 'node') return [...jax];
  const tfjs = await ask('tfjs', async () => {
    const { openTfjs, tfjsProduct } = await import('./peers/tfjs');
    return (await openTfjs(backend)) ? tfjsProduct : null;
  });
  return [...jax, ...tfjs];
}
