import type { RhombusConfig } from '@porchlight/config-schemas';
import { chooseCamera } from '../../domain/choose.ts';
import type { FoundDevice } from '../../ports.ts';

/** The devices that the owner wants to see, under the names that the owner gave them. */
export function chooseDevices(config: RhombusConfig, found: readonly FoundDevice[]): FoundDevice[] {
  const { cameras, onlyListed, sensors } = config;
  return found.flatMap((device) => {
    const isCamera = device.kind === 'camera' || device.kind === 'doorbell';
    if (!isCamera) return sensors ? [device] : [];
    const name = chooseCamera(cameras, onlyListed, device);
    return name === undefined ? [] : [{ ...device, name }];
  });
}
