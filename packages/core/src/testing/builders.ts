import type { DeviceEvent } from '../event.ts';
import type { ServiceContext } from '../service.ts';
import { createCaptureLog, type CaptureLog } from './capture-log.ts';
import { createFakeBus, type FakeBus } from './fake-bus.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { createMemoryStorage, type MemoryStorage } from './memory-storage.ts';

/** A motion event with any part replaced. */
export function buildEvent(part: Partial<DeviceEvent> = {}): DeviceEvent {
  const occurredAt = part.occurredAt ?? 1_767_225_600_000;
  return {
    id: `event-${occurredAt}`,
    type: 'motion',
    service: 'blink',
    device: 'front-door',
    name: 'Front door',
    occurredAt,
    observedAt: occurredAt,
    ...part,
  };
}

export interface FakeContext extends ServiceContext {
  clock: FakeClock;
  log: CaptureLog;
  storage: MemoryStorage;
  bus: FakeBus;
  /** Aborts the signal, as a stopping host does. */
  abort(): void;
}

/** Everything a service is given, faked. Pass the storage of an earlier context to play a restart. */
export function buildContext(part: Partial<Pick<FakeContext, 'clock' | 'storage' | 'bus'>> = {}): FakeContext {
  const controller = new AbortController();
  return {
    clock: createFakeClock(),
    log: createCaptureLog(),
    storage: createMemoryStorage(),
    bus: createFakeBus(),
    signal: controller.signal,
    abort: () => controller.abort(),
    ...part,
  };
}
