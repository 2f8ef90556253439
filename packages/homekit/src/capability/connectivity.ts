import { mapCapability } from '../mapping.ts';

/**
 * A contact sensor that opens while the connection is gone, because Apple Home notifies of contacts by itself; or, on
 * request, an occupancy sensor that is occupied while there is a connection. What is not known yet counts as connected.
 */
export const connectivity = mapCapability<'connectivity'>({
  label: 'Connection',
  service: ({ Service }, { as }) => (as === 'occupancy' ? Service.OccupancySensor : Service.ContactSensor),
  bindings({ hap: { Characteristic }, options }) {
    const isGone = (status: string): boolean => status === 'offline' || status === 'rebooting';
    if (options.as === 'occupancy') {
      return [{ characteristic: Characteristic.OccupancyDetected, read: ({ status }) => (isGone(status) ? 0 : 1) }];
    }
    return [{ characteristic: Characteristic.ContactSensorState, read: ({ status }) => (isGone(status) ? 1 : 0) }];
  },
});
