import { unmapped } from '../mapping.ts';

/** It has no service of its own: its pictures are shown by HAP's camera controller, on the accessory itself. */
export const camera = unmapped;
