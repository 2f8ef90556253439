import type { PowerSwitching } from './usb-tree.ts';

export type DriverName = 'port-disable' | 'uhubctl' | 'bind-unbind' | 'gpio-relay';

/** What was found out about a lamp before a driver is chosen. */
export interface DriverFacts {
  hasPin: boolean;
  /** The kernel's switch at the port. */
  portSwitch: 'usable' | 'not-permitted' | 'read-only' | 'missing';
  /** What uhubctl says of the hub; `missing`: not installed, `unknown`: it does not list the hub. */
  uhubctl: PowerSwitching | 'missing' | 'unknown';
  /** Something with a USB chip is in the port, or has the identity that was named. */
  hasDevice: boolean;
}

export type DriverChoice = { driver: DriverName; why: string; isDoubtful?: boolean } | { problem: string };

/** Where the rights come from. */
export const permissionRemedy = 'The settings page and "porchlight usb permissions" show what to install.';

const reasonsAgainstPort: Record<DriverFacts['portSwitch'], string> = {
  missing: 'this kernel has no switch for the port',
  'not-permitted': 'the switch of the kernel is not permitted',
  'read-only': 'sysfs is read-only',
  usable: 'the switch of the kernel is there too',
};

/** What `auto` takes, and why; or what to do so that something works. */
export function chooseDriver({ hasPin, portSwitch, uhubctl, hasDevice }: DriverFacts): DriverChoice {
  if (hasPin) return { driver: 'gpio-relay', why: 'a GPIO pin is named' };
  if (portSwitch === 'usable' && uhubctl !== 'none') return { driver: 'port-disable', why: reasonForPort(uhubctl) };
  if (uhubctl === 'per-port' || uhubctl === 'ganged') {
    return { driver: 'uhubctl', why: `uhubctl can switch the hub, and ${reasonsAgainstPort[portSwitch]}` };
  }
  if (portSwitch === 'not-permitted') {
    return { problem: `No permission to switch the port. ${permissionRemedy}` };
  }
  if (portSwitch === 'read-only') {
    return { problem: 'sysfs is mounted read-only, as in most containers. Run this on the machine itself.' };
  }
  if (hasDevice) {
    const why = 'nothing cuts the power of this port; the device is only detached, and most lamps stay lit';
    return { driver: 'bind-unbind', why, isDoubtful: true };
  }
  const hub = uhubctl === 'none' ? 'The hub cannot switch power' : 'This kernel has no switch for the port';
  const remedy = uhubctl === 'missing' ? 'Install uhubctl, or use' : 'Use';
  return { problem: `${hub}. ${remedy} a hub that switches power port by port, or a relay.` };
}

function reasonForPort(uhubctl: DriverFacts['uhubctl']): string {
  if (uhubctl === 'per-port') return 'the kernel switches the port, and the hub says that it cuts power';
  if (uhubctl === 'ganged') return 'the kernel switches the port; the hub cuts power for all ports together';
  return 'the kernel switches the port; whether the hub cuts power shows at the lamp';
}
