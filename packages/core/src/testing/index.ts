export * from './builders.ts';
export * from './capture-log.ts';
export * from './fake-bus.ts';
export * from './fake-clock.ts';
export * from './free-port.ts';
export * from './memory-storage.ts';
export * from './until.ts';
