import * as z from 'zod';

const done = z.object({ err_code: z.number() });

export const sysinfoSchema = z.object({
  system: z.object({
    get_sysinfo: z.object({
      err_code: z.number(),
      relay_state: z.number().optional(),
      model: z.string().optional(),
      sw_ver: z.string().optional(),
      mac: z.string().optional(),
      mic_mac: z.string().optional(),
      children: z.array(z.object({ id: z.string(), state: z.number() })).optional(),
      deviceId: z.string().optional(),
    }),
  }),
});

const figure = z.number().optional();

/** The meter; older plugs count in W, V, A and kWh, newer ones in thousandths. */
export const meterSchema = z.object({
  emeter: z.object({
    get_realtime: z.object({
      err_code: z.number().optional(),
      power: figure,
      power_mw: figure,
      voltage: figure,
      voltage_mv: figure,
      current: figure,
      current_ma: figure,
      total: figure,
      total_wh: figure,
    }),
  }),
});

export const setSchema = z.object({ system: z.object({ set_relay_state: done }) });

export const cutSchema = z.object({
  system: z.object({ set_relay_state: done }),
  count_down: z.object({ add_rule: done }),
});
