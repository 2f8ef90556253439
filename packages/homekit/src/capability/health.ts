import type { DeviceSource } from '@porchlight/core';
import type { HAP, Service } from 'homebridge';
import { unmapped } from '../mapping.ts';

/** Health has no service of its own: it shows on every service that can say so. */
export const health = unmapped;

export interface Condition {
  /** False is Apple Home's "No Response". */
  isReachable: boolean;
  isFaulty: boolean;
}

/** How a device is. One that its service does not list, because it stands by or has not found it yet, is unreachable. */
export function conditionOf(source: DeviceSource, device: string): Condition {
  const state = source.state(device, 'health');
  const isReachable = state !== undefined && state.reachable !== false;
  return { isReachable, isFaulty: !isReachable || !state.ok || source.problem !== undefined };
}

/** Shows the condition on a service as far as the service has places for it. */
export function showCondition(hap: HAP, service: Service, { isReachable, isFaulty }: Condition): void {
  const { StatusFault, StatusActive } = hap.Characteristic;
  if (has(service, StatusFault.UUID)) service.updateCharacteristic(StatusFault, isFaulty ? 1 : 0);
  if (has(service, StatusActive.UUID)) service.updateCharacteristic(StatusActive, isReachable);
}

function has({ characteristics, optionalCharacteristics }: Service, uuid: string): boolean {
  return [...characteristics, ...optionalCharacteristics].some((characteristic) => characteristic.UUID === uuid);
}
