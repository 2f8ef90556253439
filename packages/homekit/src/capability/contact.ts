import { mapCapability } from '../mapping.ts';

export const contact = mapCapability<'contact'>({
  label: 'Contact',
  service: (hap) => hap.Service.ContactSensor,
  bindings: ({ hap }) => [
    { characteristic: hap.Characteristic.ContactSensorState, read: (state) => (state.open ? 1 : 0) },
  ],
});
