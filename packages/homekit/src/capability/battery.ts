import { mapCapability } from '../mapping.ts';

export const battery = mapCapability<'battery'>({
  label: 'Battery',
  service: (hap) => hap.Service.Battery,
  bindings: ({ hap: { Characteristic } }) => [
    { characteristic: Characteristic.StatusLowBattery, read: (state) => (state.low ? 1 : 0) },
    {
      characteristic: Characteristic.BatteryLevel,
      read: ({ percent }) => (percent === undefined ? undefined : Math.round(percent)),
    },
  ],
});
