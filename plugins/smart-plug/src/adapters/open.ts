import type { PlugConfig } from '@porchlight/config-schemas';
import type { Clock, Storage } from '@porchlight/core';
import type { PlugPort } from '../ports.ts';
import { openCommand } from './command/client.ts';
import { openGpio } from './gpio/client.ts';
import { openHomeKit } from './homekit/client.ts';
import { openHttp } from './http/client.ts';
import { openKasa } from './kasa/client.ts';
import { openMqtt } from './mqtt/client.ts';
import { openShelly } from './shelly/client.ts';
import { openTapo } from './tapo/client.ts';
import { openTasmota, openTasmotaMqtt } from './tasmota/client.ts';
import type { PlugBus } from './topics/client.ts';
import { openTuya } from './tuya/client.ts';
import { openZigbee } from './zigbee2mqtt/client.ts';

export interface DriverParts {
  bus: PlugBus;
  clock: Clock;
  storage: Storage;
}

/** The way to a plug. Nothing is sent yet, and libraries are loaded only when they are needed. */
export function openPlug(config: PlugConfig, parts: DriverParts): PlugPort {
  switch (config.type) {
    case 'shelly':
      return openShelly(config);
    case 'tasmota':
      return openTasmota(config);
    case 'tasmota-mqtt':
      return openTasmotaMqtt(config, parts);
    case 'kasa':
      return openKasa(config);
    case 'tapo':
      return openTapo(config);
    case 'tuya':
      return openTuya(config);
    case 'zigbee2mqtt':
      return openZigbee(config, parts);
    case 'homekit':
      return openHomeKit(config, parts.storage);
    case 'http':
      return openHttp(config);
    case 'mqtt':
      return openMqtt(config, parts);
    case 'command':
      return openCommand(config);
    case 'gpio':
      return openGpio(config);
  }
}
