import { mapCapability } from '../mapping.ts';

const singlePress = 0;

/** A press that becomes known later than this after it happened rings no more, milliseconds. */
const maxAgeMs = 60_000;

export const doorbell = mapCapability<'doorbell'>({
  label: 'Doorbell',
  service: (hap) => hap.Service.Doorbell,
  bindings({ hap, clock }) {
    let rangAt = 0;
    return [
      {
        characteristic: hap.Characteristic.ProgrammableSwitchEvent,
        props: { validValues: [singlePress] },
        press({ lastPress = 0 }) {
          if (lastPress <= rangAt || clock.now() - lastPress > maxAgeMs) return undefined;
          rangAt = lastPress;
          return singlePress;
        },
      },
    ];
  },
});
