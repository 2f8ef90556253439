import { mapCapability } from '../mapping.ts';

export const motion = mapCapability<'motion'>({
  label: 'Motion',
  service: (hap) => hap.Service.MotionSensor,
  bindings: ({ hap }) => [{ characteristic: hap.Characteristic.MotionDetected, read: (state) => state.detected }],
});
