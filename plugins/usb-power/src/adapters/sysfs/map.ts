import type { UsbDevice } from '../../domain/usb-tree.ts';
import { hubClass, type Attributes } from './schema.ts';

export interface DeviceContents {
  isBound: boolean;
  storage: readonly string[];
  network: readonly string[];
}

/** A device of the kernel in our words. */
export function toDevice(id: string, attributes: Attributes, contents: DeviceContents): UsbDevice {
  const { idVendor, idProduct, bDeviceClass, serial } = attributes;
  return {
    id,
    vendor: idVendor.toLowerCase(),
    product: idProduct.toLowerCase(),
    ...(serial && { serial }),
    name: nameOf(attributes),
    isHub: bDeviceClass === hubClass,
    ...contents,
  };
}

function nameOf({ manufacturer, product }: Attributes): string {
  if (!product) return manufacturer ? `${manufacturer} device` : 'USB device';
  return manufacturer && !product.startsWith(manufacturer) ? `${manufacturer} ${product}` : product;
}
