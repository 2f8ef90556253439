export { type Blink, type BlinkOptions, startBlink } from './server.ts';
export type { Account as BlinkAccount, BlinkCamera, MediaCause, MediaRow, Network as BlinkNetwork } from './state.ts';
