export type DeviceKind = 'camera' | 'doorbell' | 'door' | 'climate' | 'occupancy';

/** A device of the organisation, as far as we know it. */
export interface FoundDevice {
  uuid: string;
  kind: DeviceKind;
  name: string;
  /** The name of its location. */
  location?: string;
  /** The name of the part of the location that it is in; that of the location where there are no parts. */
  room?: string;
  model?: string;
  serial?: string;
  firmware?: string;
  isOnline: boolean;
  /** What is wrong with it, one sentence. */
  problem?: string;
  region?: string;
  policy?: string;
  batteryPercent?: number;
  celsius?: number;
  /** Other figures of an environmental sensor. */
  air?: Partial<Record<AirQuantity, number>>;
  isOpen?: boolean;
  /** An occupancy sensor sees somebody. */
  isOccupied?: boolean;
  /** Since when Rhombus does not list it any more, monotonic ms of this run. */
  missingSince?: number;
}

export type AirQuantity = 'humidity' | 'co2' | 'pm25' | 'tvoc' | 'iaq';
