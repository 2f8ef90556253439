import type { CapabilityName, Clock, DeviceDescription, DeviceSource, Log } from '@porchlight/core';
import type { CameraController, HAP, PlatformAccessory, Service } from 'homebridge';
import { createCamera } from './camera-pictures.ts';
import { mappings } from './capability/index.ts';
import { CapabilityService } from './capability-service.ts';
import type { ServiceType } from './mapping.ts';
import { homeName, nameService, serviceName } from './names.ts';

/** What the accessory cache keeps of a device. */
export interface AccessoryContext {
  device?: unknown;
  /** The names that services got from us, by capability; any other name is the owner's own. */
  names?: Record<string, string>;
}

export interface DeviceAccessoryParts {
  hap: HAP;
  accessory: PlatformAccessory<AccessoryContext>;
  source: DeviceSource;
  clock: Clock;
  log: Log;
  /** The version shown for devices without one of their own. */
  version: string;
  /** Writes the accessory to Homebridge's cache. */
  save: () => void;
}

interface PlannedService {
  capability: CapabilityName;
  type: ServiceType;
  options: unknown;
  name: string;
}

/** Whether Apple Home can show anything of this device. */
export function isVisible(hap: HAP, description: DeviceDescription): boolean {
  return planServices(hap, description).length > 0;
}

/** One device in Apple Home. */
export class DeviceAccessory {
  readonly accessory: PlatformAccessory<AccessoryContext>;
  readonly #parts: DeviceAccessoryParts;
  #services: CapabilityService[] = [];
  #camera: CameraController | undefined;

  constructor(parts: DeviceAccessoryParts) {
    this.accessory = parts.accessory;
    this.#parts = parts;
  }

  /** Makes the accessory what the description says; capabilities that are no more lose their services. */
  describe(description: DeviceDescription): void {
    const { hap } = this.#parts;
    const plan = planServices(hap, description);
    this.end();
    this.#removeOthers(plan);
    this.#showCamera(description);
    this.#services = plan.map((planned) => this.#bind(planned, description.id));
    const names = this.#nameAll(plan);
    this.#showInformation(description);
    this.refresh();
    const context: AccessoryContext = { device: description, names };
    if (JSON.stringify(context) === JSON.stringify(this.accessory.context)) return;
    this.accessory.context = context;
    this.#parts.save();
  }

  onState(capability: CapabilityName): void {
    if (capability === 'health') return this.refresh();
    this.#services.find((service) => service.capability === capability)?.onState();
  }

  /** Shows everything anew, after a change that concerns the whole device or service. */
  refresh(): void {
    for (const service of this.#services) service.refresh();
  }

  end(): void {
    for (const service of this.#services) service.end();
  }

  #bind({ capability, type, options, name }: PlannedService, device: string): CapabilityService {
    const { hap, source, clock, log } = this.#parts;
    const service =
      this.accessory.getServiceById(type, capability) ?? this.accessory.addService(type, name, capability);
    const mapping = mappings[capability];
    return new CapabilityService({ hap, service, source, device, capability, mapping, options, clock, log });
  }

  #removeOthers(plan: readonly PlannedService[]): void {
    const isPlanned = (service: Service): boolean =>
      plan.some(({ capability, type }) => service.subtype === capability && service.UUID === type.UUID);
    // Services without a subtype or with a number, as streams have it, are HAP's own.
    const own = this.accessory.services.filter(({ subtype }) => subtype && !/^\d+$/.test(subtype));
    for (const service of own) if (!isPlanned(service)) this.accessory.removeService(service);
  }

  #showCamera({ id, capabilities }: DeviceDescription): void {
    const { hap, source } = this.#parts;
    if ((capabilities.camera !== undefined) === (this.#camera !== undefined)) return;
    if (this.#camera) this.accessory.removeController(this.#camera);
    this.#camera = this.#camera ? undefined : createCamera(hap, () => source.state(id, 'camera')?.picture);
    if (this.#camera) this.accessory.configureController(this.#camera);
  }

  #nameAll(plan: readonly PlannedService[]): Record<string, string> {
    const { hap, save } = this.#parts;
    const given = { ...this.accessory.context.names };
    const names: Record<string, string> = {};
    for (const [index, { capability, name }] of plan.entries()) {
      const service = this.#services[index]?.service;
      if (!service) continue;
      const isOurs = nameService(hap, service, name, given[capability]);
      const former = given[capability];
      if (isOurs) names[capability] = name;
      else if (former !== undefined) names[capability] = former;
      service.getCharacteristic(hap.Characteristic.ConfiguredName).onSet(() => void setImmediate(save));
      if (index > 0) continue;
      service.setPrimaryService(true);
      if (isOurs) this.#nameAccessory(name);
    }
    return names;
  }

  #nameAccessory(name: string): void {
    const { AccessoryInformation } = this.#parts.hap.Service;
    this.accessory.updateDisplayName(name);
    this.accessory.getService(AccessoryInformation)?.updateCharacteristic(this.#parts.hap.Characteristic.Name, name);
  }

  #showInformation({ id, manufacturer, model, serial, firmware }: DeviceDescription): void {
    const { hap, source, version } = this.#parts;
    const { Manufacturer, Model, SerialNumber, FirmwareRevision } = hap.Characteristic;
    const information = this.accessory.getService(hap.Service.AccessoryInformation);
    information
      ?.updateCharacteristic(Manufacturer, homeName(manufacturer ?? 'Porchlight'))
      .updateCharacteristic(Model, homeName(model ?? source.service))
      .updateCharacteristic(SerialNumber, homeName(serial ?? `${source.service}-${id}`))
      .updateCharacteristic(FirmwareRevision, toRevision(firmware) ?? toRevision(version) ?? '0.0.0');
  }
}

function planServices(hap: HAP, description: DeviceDescription): PlannedService[] {
  const given = Object.entries(mappings).flatMap(([name, mapping]) => {
    const capability = name as CapabilityName;
    const options = description.capabilities[capability];
    const type = options && mapping.service(hap, options);
    return options && type ? [{ capability, mapping, options, type }] : [];
  });
  return given.map(({ mapping, ...rest }, index) => ({
    ...rest,
    name: serviceName(description, mapping.label, index === 0),
  }));
}

/** HomeKit takes `1`, `1.2` or `1.2.3` for a revision. */
function toRevision(version: string | undefined): string | undefined {
  return version && /\d+(\.\d+){0,2}/.exec(version)?.[0];
}
