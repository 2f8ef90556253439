export * from './shared/faults.ts';
export * from './shared/http.ts';
export * from './blink/index.ts';
export * from './rhombus/index.ts';
