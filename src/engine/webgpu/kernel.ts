/**
 * A compute kernel: WGSL text, the pipeline made of it, and its interface read from the text itself.
 *
 * The WGSL file is the single statement of what a kernel takes: the fields of `struct Params` and the
 * names of its storage bindings are parsed from it, and the host passes both by name. So a binding
 * can be neither forgotten nor swapped without an error that names it.
 */
import { DeviceUnavailableError } from '../errors';

/** One pipeline to build: a file's text and the values of its `override` constants. */
export interface KernelSource {
  readonly label: string;
  readonly code: string;
  readonly constants?: Readonly<Record<string, number>>;
}

export interface KernelBinding {
  readonly name: string;
  readonly binding: number;
  readonly writable: boolean;
}

export interface KernelParam {
  readonly name: string;
  readonly type: 'u32' | 'f32';
}

export interface KernelInterface {
  /** Fields of `struct Params`, four bytes each, in order. */
  readonly params: readonly KernelParam[];
  readonly bindings: readonly KernelBinding[];
}

export interface Kernel extends KernelInterface {
  readonly label: string;
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

/** A slot of the uniform ring: the largest that `Params` may be. */
export const PARAMS_BYTES = 256;

/** Reads `Params` and the storage bindings from WGSL text. */
export function readInterface(code: string): KernelInterface {
  const struct = /struct Params \{([^}]*)\}/.exec(code);
  const params = [...(struct?.[1] ?? '').matchAll(/(\w+)\s*:\s*(u32|f32)\s*,/g)].map(
    ([, name, type]): KernelParam => ({ name, type: type === 'u32' ? 'u32' : 'f32' }),
  );
  const bindings = [
    ...code.matchAll(/@group\(0\) @binding\((\d+)\) var<storage, (read|read_write)> (\w+)\s*:/g),
  ].map(([, binding, access, name]) => ({
    name,
    binding: Number(binding),
    writable: access === 'read_write',
  }));
  return { params, bindings };
}

/** What a pipeline is made of; creating it asks nothing of the driver's compiler yet. */
function prepare(device: GPUDevice, source: KernelSource) {
  const { label, code, constants } = source;
  const { params, bindings } = readInterface(code);
  const layout = device.createBindGroupLayout({
    label,
    entries: [
      {
        binding: 0,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type: 'uniform', hasDynamicOffset: true, minBindingSize: params.length * 4 },
      },
      ...bindings.map(({ binding, writable }) => ({
        binding,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type: writable ? ('storage' as const) : ('read-only-storage' as const) },
      })),
    ],
  });
  const module = device.createShaderModule({ label, code });
  const descriptor: GPUComputePipelineDescriptor = {
    label,
    layout: device.createPipelineLayout({ label, bindGroupLayouts: [layout] }),
    compute: { module, entryPoint: 'main', constants: { ...constants } },
  };
  return { module, descriptor, kernel: { label, layout, params, bindings } };
}

/** Compiles at once, in the driver's process; a refusal shows up at the next wait, under the kernel's name. */
export function compileKernelNow(device: GPUDevice, source: KernelSource): Kernel {
  const { kernel, descriptor } = prepare(device, source);
  return { ...kernel, pipeline: device.createComputePipeline(descriptor) };
}

/**
 * Compiles beside other work. Throws `DeviceUnavailableError` with the compiler's words and the
 * kernel's name: a driver that refuses one kernel cannot run the engine.
 */
export async function compileKernel(device: GPUDevice, source: KernelSource): Promise<Kernel> {
  const { kernel, descriptor, module } = prepare(device, source);
  try {
    return { ...kernel, pipeline: await device.createComputePipelineAsync(descriptor) };
  } catch (cause) {
    const { messages } = await module.getCompilationInfo();
    const words = messages.map(({ lineNum, message }) => `line ${lineNum}: ${message}`).join('; ');
    const reason = words || (cause instanceof Error ? cause.message : String(cause));
    throw new DeviceUnavailableError(
      'webgpu-kernel',
      `The GPU driver refused the kernel "${source.label}" (${reason}). Use ?backend=wasm and report the message.`,
      { cause },
    );
  }
}

/** The kernels of a device, compiled ahead or at their first use. */
export class KernelStore {
  private readonly sources = new Map<string, KernelSource>();
  private readonly compiled = new Map<string, Kernel>();

  constructor(
    private readonly device: GPUDevice,
    sources: readonly KernelSource[],
    /** Another text in the place of a kernel's, of those made at run time too. */
    private readonly replace: (source: KernelSource) => KernelSource = (source) => source,
  ) {
    for (const source of sources) this.define(source);
  }

  /** Adds a kernel whose constants are known only at run time; compiled at its first use. */
  define(source: KernelSource): void {
    if (!this.sources.has(source.label)) this.sources.set(source.label, this.replace(source));
  }

  /** Whether `define` was called for it. */
  knows(label: string): boolean {
    return this.sources.has(label);
  }

  named(label: string): Kernel {
    const present = this.compiled.get(label);
    if (present) return present;
    const source = this.sources.get(label);
    if (!source) throw new RangeError(`there is no kernel "${label}"`);
    const kernel = compileKernelNow(this.device, source);
    this.compiled.set(label, kernel);
    return kernel;
  }

  /** Compiles everything side by side. Throws `DeviceUnavailableError`. */
  async compileAll(onProgress?: (compiled: number, total: number) => void): Promise<void> {
    let done = 0;
    await Promise.all(
      [...this.sources.values()].map(async (source) => {
        const { label } = source;
        if (!this.compiled.has(label)) this.compiled.set(label, await compileKernel(this.device, source));
        onProgress?.(++done, this.sources.size);
      }),
    );
  }
}

/** Packs parameters in the order of the struct; throws on a missing one. */
export function packParams(
  kernel: Kernel,
  values: Readonly<Record<string, number>>,
  into: DataView,
  offset: number,
): void {
  kernel.params.forEach(({ name, type }, i) => {
    const value = values[name];
    if (value === undefined) throw new RangeError(`kernel "${kernel.label}" wants the parameter "${name}"`);
    if (type === 'u32') into.setUint32(offset + 4 * i, value, true);
    else into.setFloat32(offset + 4 * i, value, true);
  });
}
