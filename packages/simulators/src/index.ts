export * from './shared/faults.ts';
export * from './shared/http.ts';
export * from './blink/index.ts';
export * from './rhombus/index.ts';
export * from './plugs/index.ts';
export * from './home-network/index.ts';
export * from './usb/index.ts';
