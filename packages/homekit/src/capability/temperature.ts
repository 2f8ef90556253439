import { mapCapability } from '../mapping.ts';

export const temperature = mapCapability<'temperature'>({
  label: 'Temperature',
  service: (hap) => hap.Service.TemperatureSensor,
  bindings: ({ hap }) => [
    {
      characteristic: hap.Characteristic.CurrentTemperature,
      // HAP allows 0 to 100 °C unless told otherwise.
      props: { minValue: -100, maxValue: 200 },
      read: (state) => state.celsius,
    },
  ],
});
