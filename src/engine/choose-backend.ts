/**
 * Which device computes, decided once at start and said in words.
 *
 * A real GPU wins if it also wins a short race on the shapes of a small policy: such models are bound
 * by the cost of a dispatch, and a slow driver can lose to WebAssembly. A software GPU computes on the
 * CPU with overhead, so it yields without a race, and is not even opened where WebAssembly is. The decision
 * is a pure function of the findings; looking for them is the other half of this file.
 */
import type { Backend, BackendInfo, BackendName } from './backend';
import { DeviceUnavailableError } from './errors';
import type { FastPathChoices } from './fast-paths';
import { WasmBackend } from './wasm/wasm-backend';
import { browserGpu, describeAdapter, requestAdapter } from './webgpu/adapter';
import { WebGpuBackend } from './webgpu/webgpu-backend';

/** What is known of one candidate. */
export type Finding =
  | { readonly kind: 'absent'; readonly why: string }
  | {
      readonly kind: 'present';
      readonly device: string;
      readonly software: boolean;
      /** Passes of the race workload in a second; left out when no race was run. */
      readonly passesPerSecond?: number;
    };

export interface Findings {
  readonly webgpu: Finding;
  readonly wasm: Finding;
  /** `?backend=` or `--backend`. */
  readonly override?: BackendName;
}

export interface Alternative {
  readonly name: BackendName;
  /** Whether asking for it could work: it was opened, or not looked for. */
  readonly available: boolean;
  /** Why it was not taken, in words. */
  readonly reason: string;
}

export interface BackendDecision {
  readonly chosen: BackendName;
  /** One sentence for the page. */
  readonly reason: string;
  readonly alternatives: readonly Alternative[];
}

const NAMES: readonly BackendName[] = ['webgpu', 'wasm', 'reference'];

/** Reads the value of `?backend=`. Throws `DeviceUnavailableError` for a name that is none. */
export function parseBackendName(text: string | null | undefined): BackendName | undefined {
  if (text === null || text === undefined || text === '') return undefined;
  const name = NAMES.find((known) => known === text.toLowerCase());
  if (!name) {
    throw new DeviceUnavailableError(
      'backend-name',
      `There is no back end "${text}". Known: ${NAMES.join(', ')}. Leave ?backend= out to have it chosen.`,
    );
  }
  return name;
}

/** True when both candidates must race before a decision can be made. */
export function raceNeeded({ webgpu, wasm, override }: Findings): boolean {
  return override === undefined && webgpu.kind === 'present' && !webgpu.software && wasm.kind === 'present';
}

/** Throws `DeviceUnavailableError` when nothing can compute, or the override cannot. */
export function decideBackend(findings: Findings): BackendDecision {
  const { webgpu, wasm, override } = findings;
  if (override !== undefined) return decideByOverride(override, findings);
  if (webgpu.kind === 'absent') {
    if (wasm.kind === 'absent') {
      throw new DeviceUnavailableError(
        'no-backend',
        `Nothing here can run the model. WebGPU: ${webgpu.why} WebAssembly: ${wasm.why} Try a recent browser.`,
      );
    }
    return {
      chosen: 'wasm',
      reason: `${wasm.device}, because WebGPU is not available.`,
      alternatives: [{ name: 'webgpu', available: false, reason: webgpu.why }],
    };
  }
  if (wasm.kind === 'absent') {
    return {
      chosen: 'webgpu',
      reason: `${webgpu.device}, because WebAssembly is not available.`,
      alternatives: [{ name: 'wasm', available: false, reason: wasm.why }],
    };
  }
  if (webgpu.software) {
    return {
      chosen: 'wasm',
      reason: `${wasm.device}: the only GPU here is a software one, which is slower than WebAssembly.`,
      alternatives: [{ name: 'webgpu', available: true, reason: `${webgpu.device} computes on the CPU.` }],
    };
  }
  const race = compare(webgpu.passesPerSecond, wasm.passesPerSecond);
  if (race.gpuLost) {
    return {
      chosen: 'wasm',
      reason: `${wasm.device}: it beat the GPU in a short race (${race.words}).`,
      alternatives: [
        { name: 'webgpu', available: true, reason: `${webgpu.device} lost the race (${race.words}).` },
      ],
    };
  }
  const words = race.words ? ` (${race.words})` : '';
  return {
    chosen: 'webgpu',
    reason: `${webgpu.device}: a GPU is present${words}.`,
    alternatives: [{ name: 'wasm', available: true, reason: `${wasm.device} is the fallback${words}.` }],
  };
}

function decideByOverride(override: BackendName, { webgpu, wasm }: Findings): BackendDecision {
  const finding: Finding =
    override === 'reference'
      ? { kind: 'present', device: 'TypeScript float64', software: false }
      : { webgpu, wasm }[override];
  if (finding.kind === 'absent') {
    throw new DeviceUnavailableError(
      'backend-override',
      `${override} was asked for but is not available: ${finding.why} Leave the choice out to use another.`,
    );
  }
  const others = NAMES.filter((name) => name !== override && name !== 'reference');
  return {
    chosen: override,
    reason: `${finding.device}, as asked for.`,
    alternatives: others.map((name) => ({
      name,
      available: true,
      reason: 'Another back end was asked for.',
    })),
  };
}

function compare(gpu: number | undefined, wasm: number | undefined): { gpuLost: boolean; words: string } {
  if (gpu === undefined || wasm === undefined) return { gpuLost: false, words: '' };
  const [fast, slow] = gpu >= wasm ? [gpu, wasm] : [wasm, gpu];
  const factor = (fast / Math.max(slow, 1e-9)).toFixed(1);
  return {
    gpuLost: gpu < wasm,
    words: `${factor} times faster on ${gpu >= wasm ? 'the GPU' : 'WebAssembly'}`,
  };
}

export interface ChooseOptions {
  readonly override?: BackendName;
  /** Default: `navigator.gpu`. */
  readonly gpu?: GPU;
  /** Threads of WebAssembly. Default: its own. */
  readonly threads?: number;
  /** Faster ways asked for or forbidden; each back end reads its own. */
  readonly fastPaths?: FastPathChoices;
  readonly onProgress?: (compiled: number, total: number) => void;
}

export interface ChosenBackend extends BackendDecision {
  readonly backend: Backend;
}

/**
 * Opens the candidates, races them if that decides, and returns the winner with the reason; the
 * others are disposed of. Takes about half a second where a race is run. Throws `DeviceUnavailableError`.
 */
export async function chooseBackend(options: ChooseOptions = {}): Promise<ChosenBackend> {
  const { override, threads, fastPaths } = options;
  if (override === 'reference') {
    const { ReferenceBackend } = await import('./reference/reference-backend');
    const notNeeded: Finding = { kind: 'absent', why: 'Not looked for.' };
    const decision = decideBackend({ override, webgpu: notNeeded, wasm: notNeeded });
    return { ...decision, backend: new ReferenceBackend() };
  }
  const skipped = 'Not looked for, because another back end was asked for.';
  const asked = { ...options, ...fastPaths };
  const other = attempt(async () =>
    override === 'webgpu'
      ? skipped
      : opened(await WasmBackend.create({ threads, relaxedSimd: fastPaths?.simd })),
  );
  const [webgpu, wasm] = await Promise.all([
    override === 'wasm' ? skipped : attempt(() => openGpu(asked, other)),
    other,
  ]);
  const backends = [webgpu, wasm].flatMap((candidate) =>
    typeof candidate === 'string' || !candidate.backend ? [] : [candidate.backend],
  );
  try {
    const found = { override, webgpu: findingOf(webgpu), wasm: findingOf(wasm) };
    const decision = decideBackend(raceNeeded(found) ? await raced(found, webgpu, wasm) : found);
    const backend = backends.find(({ info }) => info.name === decision.chosen);
    if (!backend) throw new DeviceUnavailableError('no-backend', `${decision.chosen} could not be opened.`);
    for (const other of backends) if (other !== backend) other.dispose();
    return { ...decision, backend };
  } catch (error) {
    for (const backend of backends) backend.dispose();
    throw error;
  }
}

interface Candidate {
  readonly info: Pick<BackendInfo, 'device' | 'software'>;
  /** Left out where it need not be opened to know that it yields. */
  readonly backend?: Backend;
}

/** What there is, or why there is nothing. */
type Attempt = Candidate | string;

const opened = (backend: Backend): Candidate => ({ info: backend.info, backend });

/** WebGPU, opened unless it is a software one that yields to the other candidate. */
async function openGpu(
  options: ChooseOptions & FastPathChoices,
  other: Promise<Attempt>,
): Promise<Candidate> {
  if (options.override === undefined) {
    const { words, software } = describeAdapter((await requestAdapter(options.gpu ?? browserGpu())).info);
    if (software && typeof (await other) !== 'string') {
      return { info: { device: `WebGPU, ${words}`, software } };
    }
  }
  return opened(await WebGpuBackend.create(options));
}

async function attempt(create: () => Promise<Attempt>): Promise<Attempt> {
  try {
    return await create();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function findingOf(candidate: Attempt): Finding {
  if (typeof candidate === 'string') return { kind: 'absent', why: candidate };
  return { kind: 'present', device: candidate.info.device, software: candidate.info.software };
}

/** Runs the race, one after the other; a candidate that fails in it counts as absent. */
async function raced(findings: Findings, webgpu: Attempt, wasm: Attempt): Promise<Findings> {
  const run = async (candidate: Attempt, finding: Finding): Promise<Finding> => {
    if (typeof candidate === 'string' || !candidate.backend || finding.kind === 'absent') return finding;
    const rate = await attemptRace(candidate.backend);
    if (typeof rate === 'string') return { kind: 'absent', why: rate };
    return { ...finding, passesPerSecond: rate };
  };
  return {
    ...findings,
    webgpu: await run(webgpu, findings.webgpu),
    wasm: await run(wasm, findings.wasm),
  };
}

async function attemptRace(backend: Backend): Promise<number | string> {
  try {
    return await passesPerSecond(backend);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Time given to each candidate. */
const RACE_MS = 200;
const FEWEST_PASSES = 3;
/** Rows of a training micro-batch, width and feed-forward width of a small policy, its layers. */
const [ROWS, DIM, INNER, LAYERS] = [512, 128, 384, 4];
/** Rollouts that are decoded side by side, and the tokens decoded for each micro-batch in the race. */
const [LANES, TOKENS] = [8, 4];

/**
 * Passes in a second, each of what training spends its time on: the feed-forward products of a
 * micro-batch forward and backward (to activations and to the weight), waited for as a training step
 * does; then products of a few rows and norms, as decoding dispatches them, with a wait for each token
 * because sampling reads it. The first asks for arithmetic, the second for cheap dispatches.
 */
export async function passesPerSecond(backend: Backend, milliseconds = RACE_MS): Promise<number> {
  const x = backend.alloc('f32', ROWS * DIM, 'race input');
  const wide = backend.alloc('f32', ROWS * INNER, 'race activation');
  const normed = backend.alloc('f32', LANES * DIM, 'race norm');
  const scale = backend.alloc('f32', DIM, 'race scale', 'weight');
  const rstd = backend.alloc('f32', LANES, 'race rstd');
  const weight = backend.alloc('f32', DIM * INNER, 'race weight', 'weight');
  const gradient = backend.alloc('f32', DIM * INNER, 'race gradient');
  /** y = x W^T and back to the width of x, W being [INNER, DIM]. */
  const widen = (m: number) =>
    backend.matmul({ out: wide, a: x, b: weight, m, n: INNER, k: DIM, transposeB: true });
  const narrow = (m: number) => backend.matmul({ out: x, a: wide, b: weight, m, n: DIM, k: INNER });
  const train = async (): Promise<void> => {
    for (let layer = 0; layer < LAYERS; layer++) {
      widen(ROWS);
      narrow(ROWS);
    }
    for (let layer = 0; layer < LAYERS; layer++) {
      // For either product its gradient to the weight, and the one to its input in the other's shape.
      for (const toInput of [widen, narrow]) {
        backend.matmul({ out: gradient, a: wide, b: x, m: INNER, n: DIM, k: ROWS, transposeA: true });
        toInput(ROWS);
      }
    }
    await backend.flush();
  };
  const decode = async (): Promise<void> => {
    for (let token = 0; token < TOKENS; token++) {
      for (let layer = 0; layer < LAYERS; layer++) {
        backend.rmsNorm({ out: normed, rstd, x, weight: scale, rows: LANES, dim: DIM, eps: 1e-6 });
        widen(LANES);
        narrow(LANES);
      }
      await backend.flush();
    }
  };
  const pass = async (): Promise<void> => {
    await train();
    await decode();
  };
  await pass();
  const times: number[] = [];
  const begun = performance.now();
  do {
    const start = performance.now();
    await pass();
    times.push(performance.now() - start);
  } while (performance.now() - begun < milliseconds || times.length < FEWEST_PASSES);
  // The middle one: a tab that was stopped in between would lose the race for a device that is fast.
  const rate = 1000 / times.sort((a, b) => a - b)[times.length >> 1];
  for (const tensor of [x, wide, normed, scale, rstd, weight, gradient]) backend.free(tensor);
  return rate;
}
