import { describeError, type Bus, type Log } from '@porchlight/core';
import { pinMessageSchema } from './schema.ts';

/** Where a PIN is taken over MQTT. It is no topic of the contract: it takes a secret and answers nothing. */
export function pinTopicOf(root: string): string {
  return `${root}/blink/account/pin/enter`;
}

/** Takes PINs from the bus; what was kept by the broker is old and of no use. Returns the way to stop. */
export function listenForPin(
  { bus, log }: { bus: Bus; log: Log },
  root: string,
  enterPin: (pin: string) => Promise<void>,
): () => void {
  return bus.foreign.subscribe(pinTopicOf(root), ({ payload, retained }) => {
    if (retained || payload.length === 0) return;
    const pin = readPin(Buffer.from(payload).toString());
    if (pin === undefined) return log.warn('What came over MQTT is no PIN: send its digits.');
    enterPin(pin).catch((error: unknown) => log.warn(describeError(error)));
  });
}

function readPin(text: string): string | undefined {
  const plain = pinMessageSchema.safeParse(text.trim());
  if (plain.success) return plain.data;
  try {
    return pinMessageSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
