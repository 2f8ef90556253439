export { watchtowerSchema, type WatchtowerConfig } from './config.ts';
export { beatSchema, maxBeatBytes, parseBeat, type Beat } from './domain/beat.ts';
export { startWatchtower, type Watchtower, type WatchtowerParts } from './watchtower.ts';
