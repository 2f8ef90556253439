/** What is known of the devices whose events count, by service/device. */
export interface SourceWatch {
  /** Whether anything can be heard at all. */
  isConnected: boolean;
  /** Services that have gone offline. */
  offlineServices: ReadonlySet<string>;
  /** Devices that do not answer. */
  lostDevices: ReadonlySet<string>;
  /** Devices that can see something. */
  sensors: ReadonlySet<string>;
}

export type SourceInput =
  | { type: 'broker'; isConnected: boolean }
  | { type: 'service'; service: string; isOnline: boolean }
  | { type: 'sensor'; device: string; isPresent: boolean }
  | { type: 'health'; device: string; isReachable: boolean };

export const nothingKnown: SourceWatch = {
  isConnected: true,
  offlineServices: new Set(),
  lostDevices: new Set(),
  sensors: new Set(),
};

export function watchSource(watch: SourceWatch, input: SourceInput): SourceWatch {
  switch (input.type) {
    case 'broker':
      return { ...watch, isConnected: input.isConnected };
    case 'service':
      return { ...watch, offlineServices: toggled(watch.offlineServices, input.service, !input.isOnline) };
    case 'sensor':
      return { ...watch, sensors: toggled(watch.sensors, input.device, input.isPresent) };
    case 'health':
      return { ...watch, lostDevices: toggled(watch.lostDevices, input.device, !input.isReachable) };
  }
}

/** The sensors that cannot ring the alarm now, by service/device, in alphabetical order; without the broker, none can. */
export function listOffline(watch: SourceWatch, isChosen: (device: string) => boolean): string[] {
  const isOffline = (device: string): boolean =>
    watch.lostDevices.has(device) || watch.offlineServices.has(device.slice(0, device.indexOf('/')));
  if (!watch.isConnected) return ['the MQTT broker'];
  return [...watch.sensors].filter((device) => isChosen(device) && isOffline(device)).toSorted();
}

/** Whether a device (service/device) is among those that the owner chose; empty lists choose all. */
export function isSource(device: string, services: readonly string[], devices: readonly string[]): boolean {
  const service = device.slice(0, device.indexOf('/'));
  return (services.length === 0 || services.includes(service)) && (devices.length === 0 || devices.includes(device));
}

function toggled(set: ReadonlySet<string>, item: string, isIn: boolean): ReadonlySet<string> {
  if (set.has(item) === isIn) return set;
  const next = new Set(set);
  if (isIn) next.add(item);
  else next.delete(item);
  return next;
}
