import { mapCapability } from '../mapping.ts';

export const switchMapping = mapCapability<'switch'>({
  label: 'Switch',
  service({ Service }, { as = 'switch' }) {
    return { switch: Service.Switch, outlet: Service.Outlet, light: Service.Lightbulb }[as];
  },
  bindings: ({ hap: { Characteristic }, options }) => [
    {
      characteristic: Characteristic.On,
      read: (state) => state.on,
      write: (value) => ({ command: { on: value === true || value === 1 } }),
    },
    {
      characteristic: Characteristic.OutletInUse,
      read: (state) => (options.as === 'outlet' ? (state.inUse ?? state.on) : undefined),
    },
  ],
});
