import type { BusClient } from '@porchlight/bus';

/** `porchlight events --follow`: each event as it happens, until the signal. */
export async function followEvents(
  client: BusClient,
  parts: { print: (line: string) => void; isJson: boolean; signal: AbortSignal },
): Promise<number> {
  const { print, isJson, signal } = parts;
  client.onEvent({}, (event) => {
    if (isJson) return print(JSON.stringify(event));
    const { service, device, type, name, label, occurredAt } = event;
    print(
      `${new Date(occurredAt).toISOString()}  ${type.padEnd(10)} ${name}${label ? ` (${label})` : ''}  ${service}/${device}`,
    );
  });
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  return 0;
}
