export type { Command } from './commands.ts';
export {
  type CameraSpec,
  createCamera as createBlinkCamera,
  createDemoAccount as createBlinkAccount,
  createEveryModelAccount,
  createNetwork as createBlinkNetwork,
  type NetworkSpec,
} from './demo.ts';
export type { LiveStreams, Visit } from './live-streams.ts';
export type { LiveView } from './live-views.ts';
export type { Quirks } from './quirks.ts';
export type { RateLimit } from './rate-limit.ts';
export type { LogEntry, RequestLog, RouteMatch } from './request-log.ts';
export type { Happening, Scenario } from './scenario.ts';
export { type Blink, type BlinkOptions, startBlink } from './server.ts';
export type {
  Account as BlinkAccount,
  BlinkCamera,
  MediaCause,
  MediaRow,
  Network as BlinkNetwork,
  StoredClip,
} from './state.ts';
export type { BodyChange, Troubles, Where } from './troubles.ts';
