import type { Bus } from '@porchlight/core';
import * as z from 'zod';
import { parseJson } from '../../domain/parse-json.ts';

const descriptionSchema = z.object({ name: z.string().min(1), serial: z.string().min(1).optional() });

export interface BusDevices {
  /** What a device on the bus (`rhombus/front-door`) is called at Rhombus; anything else stays as it is. */
  nameOf(camera: string): string;
  /** A device of that service of which the bus has not told yet, as after a start. */
  isUnknown(camera: string): boolean;
  stop(): void;
}

/** Follows the devices of the `rhombus` service: their owner may have renamed them, but serial numbers stay. */
export function watchDevices(bus: Bus, root: string): BusDevices {
  const names = new Map<string, string>();
  const stop = bus.foreign.subscribe(`${root}/rhombus/+`, ({ topic, payload }) => {
    const description = descriptionSchema.safeParse(parseJson(Buffer.from(payload).toString())).data;
    if (description) names.set(topic.slice(root.length + 1), description.serial ?? description.name);
  });
  return {
    nameOf: (camera) => names.get(camera) ?? camera,
    isUnknown: (camera) => camera.startsWith('rhombus/') && !names.has(camera),
    stop,
  };
}
