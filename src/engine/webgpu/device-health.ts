/**
 * What can go wrong on a GPU after the fact, and when the caller hears of it.
 *
 * WebGPU reports errors asynchronously: a refused command, memory that was not there, a device that
 * went away. They are collected here and thrown by the next wait (`readFloats`, `readInts`, `flush`).
 */
import { DeviceLostError, DeviceMemoryError, EngineError, type MemoryGrant } from '../errors';

/** The GPU refused a command: a bug in this engine or its use. The message names the kernel. */
export class DeviceCommandError extends EngineError {}

/** A failed wait and the news of a lost device come in no fixed order; so long one waits for the other. */
const NEWS_MS = 200;

export class DeviceHealth {
  private lost: DeviceLostError | undefined;
  private readonly lostSignal: Promise<never>;
  private readonly failures: EngineError[] = [];
  private readonly scopes = new Set<Promise<void>>();
  private disposed = false;

  constructor(private readonly device: GPUDevice) {
    this.lostSignal = device.lost.then((info) => {
      this.lost = this.disposed
        ? new DeviceLostError('device-disposed', 'This back end has been disposed; create a new one.')
        : new DeviceLostError(
            'device-lost',
            `The GPU device was lost (${info.reason}${info.message ? `: ${info.message}` : ''}). Reload the page ` +
              'or switch to ?backend=wasm; your last checkpoint is kept.',
          );
      throw this.lost;
    });
    this.lostSignal.catch(() => undefined);
    device.addEventListener('uncapturederror', (event) => {
      event.preventDefault();
      this.failures.push(errorOf(event.error, 'outside of a recording'));
    });
  }

  markDisposed(): void {
    this.disposed = true;
  }

  /** Errors of a kind between `open` and `close` are kept for the next wait. */
  open(kind: GPUErrorFilter): void {
    this.device.pushErrorScope(kind);
  }

  close(what: string, granted?: MemoryGrant): void {
    const scope = this.device.popErrorScope().then(
      (error) => {
        if (error) this.failures.push(errorOf(error, what, granted));
      },
      // Scopes cannot be popped on a lost device; the loss is reported by itself.
      () => undefined,
    );
    this.scopes.add(scope);
    scope.finally(() => this.scopes.delete(scope));
  }

  /** Waits for device work; throws what has gone wrong up to its end. */
  async wait<T>(work: () => Promise<T>): Promise<T> {
    if (this.lost) throw this.lost;
    let result: T | undefined;
    let failed: unknown;
    try {
      result = await Promise.race([work(), this.lostSignal]);
      await Promise.race([Promise.all(this.scopes), this.lostSignal]);
    } catch (error) {
      failed = error;
      await Promise.race([
        this.lostSignal.catch(() => undefined),
        new Promise((resolve) => setTimeout(resolve, NEWS_MS)),
      ]);
      await Promise.all(this.scopes);
    }
    if (this.lost) throw this.lost;
    const first = this.failures.splice(0)[0];
    if (first) throw first;
    if (failed !== undefined) throw failed;
    return result as T;
  }
}

function errorOf(error: GPUError, what: string, granted?: MemoryGrant): EngineError {
  if (error instanceof GPUOutOfMemoryError) {
    return new DeviceMemoryError(
      'device-memory',
      `The GPU has not enough memory for ${what}: ${error.message}. Use a smaller group or batch, ` +
        'close other tabs that use the GPU, or switch to ?backend=wasm.',
      granted,
    );
  }
  return new DeviceCommandError('device-command', `The GPU refused a command (${what}): ${error.message}`);
}
