import { unmapped } from '../mapping.ts';

/** Pictures and streams reach people over the other faces; HomeKit gets the camera's motion and its doorbell. */
export const camera = unmapped;
