import { PorchlightError } from '@porchlight/core';
import * as z from 'zod';

const answerSchema = z.object({
  data: z.object({
    host: z.string().min(1),
    port: z.number().int(),
    ssl: z.boolean().optional(),
    username: z.string().nullish(),
    password: z.string().nullish(),
  }),
});

export interface MqttService {
  url: string;
  username?: string;
  password?: string;
}

/** Longest wait for an answer, milliseconds. */
const timeoutMs = 10_000;

/**
 * The broker of the Home Assistant that this add-on runs in. Rejects with `supervisor.no-mqtt` while there is none: the
 * Mosquitto add-on offers its own only once it has started.
 */
export async function readMqttService(token: string, baseUrl = 'http://supervisor'): Promise<MqttService> {
  const headers = { authorization: `Bearer ${token}` };
  const signal = AbortSignal.timeout(timeoutMs);
  const response = await fetch(`${baseUrl}/services/mqtt`, { headers, signal }).catch((cause: unknown) => {
    throw new PorchlightError('supervisor.unreachable', 'The Supervisor does not answer.', { cause });
  });
  const result = answerSchema.safeParse(await response.json().catch(() => undefined));
  if (!response.ok || !result.success) {
    const message = 'Home Assistant offers no MQTT broker; install the Mosquitto add-on, or set broker.url.';
    throw new PorchlightError('supervisor.no-mqtt', message);
  }
  const { host, port, ssl, username, password } = result.data.data;
  return {
    url: `${ssl ? 'mqtts' : 'mqtt'}://${host}:${port}`,
    ...(username && { username }),
    ...(password && { password }),
  };
}
