export { plainHub, raspberryPi3, raspberryPi4, raspberryPi5, smartHub } from './boards.ts';
export { createFakeRpio, type FakeRpio } from './gpio.ts';
export type { Board, DeviceSpec, HubSpec } from './spec.ts';
export { startUsb, type Usb, type UsbOptions } from './usb.ts';
