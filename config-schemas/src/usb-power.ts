import * as z from 'zod';
import { brokerSchema } from './shared/broker.ts';

const portPattern = /^(\d+-\d+(\.\d+)*|[0-9a-fA-F]{4}:[0-9a-fA-F]{4}(:[^#\s][^#]*)?(#\d+)?)$/;
const position = { off: 'Off', on: 'On' };
const programPath = (title: string, program: string) =>
  z
    .string()
    .min(1)
    .max(512)
    .default(program)
    .meta({ title, description: 'Where it is, if not on the search path.', advanced: true });
const flashSeconds = (title: string, description: string) =>
  z
    .number()
    .min(0.1)
    .max(60)
    .default(0.5)
    .meta({ title, description, unit: 's', showWhen: { key: 'pattern', in: ['flash'] } });

const lampSchema = z
  .object({
    name: z
      .string()
      .min(1)
      .max(64)
      .meta({ title: 'Name', description: 'Its name in Apple Home.', placeholder: 'Porch lamp' }),
    as: z
      .enum(['light', 'outlet', 'switch'])
      .default('light')
      .meta({
        title: 'Shown as',
        description: 'What it is in Apple Home and Home Assistant.',
        labels: { light: 'Light', outlet: 'Outlet', switch: 'Switch' },
      }),
    port: z
      .string()
      .regex(portPattern, 'must be a port such as 1-1.4, a device such as 1a86:7523, or a port of a hub: 05e3:0610#4')
      .exactOptional()
      .meta({
        title: 'USB port',
        description: 'A port (1-1.4), the lamp itself (vendor:product:serial), or port 4 of a hub (vendor:product#4).',
        placeholder: '1-1.4',
      }),
    driver: z
      .enum(['auto', 'port-disable', 'uhubctl', 'bind-unbind', 'gpio-relay'])
      .default('auto')
      .meta({
        title: 'Driver',
        description: 'How it is switched. Automatic takes what works and says why in the log.',
        labels: {
          auto: 'Automatic',
          'port-disable': 'Power of the hub port (Linux 6.0 or later)',
          uhubctl: 'uhubctl',
          'bind-unbind': 'Detach the device; cuts no power on most hubs',
          'gpio-relay': 'Relay on a GPIO pin',
        },
      }),
    pin: z.int().min(0).max(53).exactOptional().meta({
      title: 'GPIO pin',
      description: 'For a relay: the number of the GPIO, not of the header pin.',
      placeholder: '17',
    }),
    activeLow: z.boolean().default(false).meta({
      title: 'Active low',
      description: 'The relay is on when its pin is low, as most relay boards are.',
    }),
    pattern: z
      .enum(['steady', 'flash', 'sos'])
      .default('steady')
      .meta({
        title: 'When switched on',
        description: 'What it does then.',
        labels: { steady: 'It is on', flash: 'It flashes', sos: 'It flashes SOS' },
      }),
    onSeconds: flashSeconds('On', 'Of each flash.'),
    offSeconds: flashSeconds('Off', 'Of each flash.'),
    flashes: z
      .int()
      .min(0)
      .max(10_000)
      .default(0)
      .meta({
        title: 'Flashes',
        description: 'After that it stays on. 0: as long as it is switched on.',
        showWhen: { key: 'pattern', in: ['flash', 'sos'] },
      }),
    autoOffSeconds: z.number().min(0).max(604_800).default(0).meta({
      title: 'Off after',
      description: 'Goes off by itself, whoever switched it on. 0: never.',
      unit: 's',
    }),
    atStart: z
      .enum(['off', 'on', 'last', 'leave'])
      .default('off')
      .meta({
        title: 'At start',
        description: 'Also after a crash or a power cut.',
        labels: { ...position, last: 'As it was last', leave: 'Leave it as it is' },
      }),
    atStop: z
      .enum(['off', 'on', 'leave'])
      .default('off')
      .meta({
        title: 'At stop',
        description: 'When Porchlight ends.',
        labels: { ...position, leave: 'Leave it as it is' },
      }),
    switchOthers: z.boolean().default(false).meta({
      title: 'Other devices lose power too',
      description: 'Without this it refuses while another device hangs on the same power. A disk may lose data.',
    }),
  })
  .check(({ value, issues }) => {
    const push = (path: string, message: string): void =>
      void issues.push({ code: 'custom', input: value, path: [path], message });
    const { driver, pin, port } = value;
    if (driver === 'gpio-relay' && pin === undefined) push('pin', 'is missing; the driver gpio-relay needs one');
    if (driver !== 'gpio-relay' && driver !== 'auto' && port === undefined) {
      push('port', `is missing; the driver ${driver} needs one`);
    }
    if (driver === 'auto' && pin === undefined && port === undefined) {
      push('port', 'is missing; give a USB port, or a GPIO pin');
    }
  });

export const usbPowerSchema = z
  .object({
    lamps: z.array(lampSchema).max(32).default([]).meta({
      title: 'Lamps',
      description: 'What is switched.',
      item: 'lamp',
    }),
    pollSeconds: z.number().min(0.5).max(3600).default(5).meta({
      title: 'Read every',
      description: 'How often the true state is read, to see what others have switched.',
      unit: 's',
      advanced: true,
    }),
    gpioLibrary: z
      .enum(['auto', 'rpio', 'pinctrl'])
      .default('auto')
      .meta({
        title: 'GPIO by',
        description: 'Automatic takes pinctrl on a Raspberry Pi 5, rpio elsewhere.',
        labels: { auto: 'Automatic', rpio: 'rpio', pinctrl: 'pinctrl' },
        advanced: true,
      }),
    uhubctlPath: programPath('uhubctl', 'uhubctl'),
    pinctrlPath: programPath('pinctrl', 'pinctrl'),
    sysfsFolder: z.string().min(1).max(512).default('/sys').meta({
      title: 'sysfs',
      description: 'In a container: where the /sys of the machine is mounted.',
      advanced: true,
    }),
    broker: brokerSchema,
  })
  .check(({ value, issues }) => {
    if (issues.length > 0) return;
    const names = value.lamps.map(({ name }) => name.trim().toLowerCase());
    if (new Set(names).size < names.length) {
      issues.push({ code: 'custom', input: value, path: ['lamps'], message: 'must have different names' });
    }
  });

export type UsbPowerConfig = z.output<typeof usbPowerSchema>;
