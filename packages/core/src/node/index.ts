export * from './atomic-file.ts';
export * from './file-storage.ts';
export * from './system-clock.ts';
