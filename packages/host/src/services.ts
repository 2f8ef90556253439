import {
  describeError,
  PorchlightError,
  type ServiceCommand,
  type ServiceConfig,
  type ServiceDefinition,
} from '@porchlight/core';

/** What a plugin exports for hosts other than Homebridge. */
export interface ServiceModule {
  service: ServiceDefinition<ServiceConfig>;
  commands?: readonly ServiceCommand[];
}

type Load = () => Promise<unknown>;

/** Where each service comes from; loaded only when it is configured. */
const modules: Record<string, Load> = {
  'event-alarm': () => import('homebridge-porchlight-event-alarm/service'),
  rhombus: () => import('homebridge-porchlight-rhombus/service'),
  blink: () => import('homebridge-porchlight-blink/service'),
  'usb-power': () => import('homebridge-porchlight-usb-power/service'),
  'smart-plug': () => import('homebridge-porchlight-smart-plug/service'),
  watchdog: () => import('homebridge-porchlight-watchdog/service'),
  footage: () => import('@porchlight/footage/service'),
};

export const serviceNames = Object.keys(modules);

/** Rejects with `host.service-missing` when the package of the service is not installed. */
export async function loadService(name: string): Promise<ServiceModule> {
  const load = modules[name];
  if (!load) throw new PorchlightError('host.service-unknown', `There is no service ${name}.`, { retry: 'never' });
  try {
    return (await load()) as ServiceModule;
  } catch (cause) {
    const message = `The service ${name} cannot be loaded (${describeError(cause)}). Is its package installed?`;
    throw new PorchlightError('host.service-missing', message, { cause, retry: 'after-user' });
  }
}
