import type { DeviceDescription } from '@porchlight/core';
import type { HAP, Service } from 'homebridge';

const maxNameLength = 64;

/** A name as HomeKit accepts it: letters, digits and plain punctuation, with a letter or digit at either end. */
export function homeName(name: string): string {
  const clean = name
    .replace(/[^\p{L}\p{N}\p{Zs}\u2019'&!._:;()/,-]+/gu, ' ')
    .replace(/\p{Zs}+/gu, ' ')
    .slice(0, maxNameLength)
    .replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
  return clean.length > 1 ? clean : `Device ${clean}`.trim();
}

/** The first service bears the device's name, the others add what they are. */
export function serviceName({ name }: DeviceDescription, label: string, isFirst: boolean): string {
  const suffix = isFirst ? '' : ` ${label}`;
  return homeName(`${homeName(name.slice(0, maxNameLength - suffix.length))}${suffix}`);
}

/**
 * Names a service unless its owner has renamed it in Apple Home; `given` is the name that it got from us last.
 * Returns whether the name now is ours.
 */
export function nameService(hap: HAP, service: Service, name: string, given: string | undefined): boolean {
  const { ConfiguredName, Name } = hap.Characteristic;
  if (!service.testCharacteristic(ConfiguredName)) service.addOptionalCharacteristic(ConfiguredName);
  const shown = service.getCharacteristic(ConfiguredName).value;
  if (shown && shown !== given) return false;
  service.displayName = name;
  service.updateCharacteristic(Name, name);
  service.updateCharacteristic(ConfiguredName, name);
  return true;
}
