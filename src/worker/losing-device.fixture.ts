/** Devices that go away, for tests of what outlives them. */
import type { Backend } from '../engine/backend';
import { DeviceLostError } from '../engine/errors';

/** The back end, until it is lost: from then on every wait fails. */
export function losing(backend: Backend, isLost: () => boolean): Backend {
  const waits = ['readFloats', 'readInts', 'flush'];
  return new Proxy(backend, {
    get(target, key) {
      const value = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) =>
        waits.includes(String(key)) && isLost()
          ? Promise.reject(new DeviceLostError('device-lost', 'The GPU went away.'))
          : value.apply(target, args);
    },
  });
}
