import * as z from 'zod';

const figure = z.number().nullish();

/** `zigbee2mqtt/<device>` of a plug. */
export const stateSchema = z.object({
  state: z.enum(['ON', 'OFF']),
  power: figure,
  voltage: figure,
  current: figure,
  /** kWh. */
  energy: figure,
});

/** `…/availability`, in its newer and its older form. */
export const availabilitySchema = z.union([z.object({ state: z.string() }), z.string()]);

interface Expose {
  type?: string | undefined;
  property?: string | undefined;
  features?: Expose[] | undefined;
}

const exposeSchema: z.ZodType<Expose> = z.lazy(() =>
  z.object({
    type: z.string().optional(),
    property: z.string().optional(),
    features: z.array(exposeSchema).optional(),
  }),
);

/** The retained list at `zigbee2mqtt/bridge/devices`. */
export const devicesSchema = z.array(
  z.object({
    friendly_name: z.string(),
    definition: z
      .object({
        vendor: z.string().optional(),
        model: z.string().optional(),
        exposes: z.array(exposeSchema).optional(),
      })
      .nullish(),
  }),
);

/** Whether a device has a countdown of its own. */
export function hasCountdown(exposes: readonly Expose[] = []): boolean {
  return exposes.some(({ property, features }) => property === 'countdown' || hasCountdown(features));
}

/** Whether it is switched: plugs are, lights and sensors are something else. */
export function isSwitch(exposes: readonly Expose[] = []): boolean {
  return exposes.some(({ type }) => type === 'switch');
}
