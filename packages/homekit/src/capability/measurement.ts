import { unmapped } from '../mapping.ts';

/** HomeKit has no service for free figures. */
export const measurement = unmapped;
