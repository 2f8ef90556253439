import type { DeviceKind, FoundDevice } from './found-device.ts';

/** A device that lists do not name for so long is gone; rooms and automations of a removed accessory are lost. */
const goneMs = 600_000;

const missing = 'Rhombus does not list it any more.';

/**
 * What to show: what is listed now, and for a while what was listed before. Kinds whose list could not be read are
 * unreachable rather than gone.
 */
export function nextRoster(
  known: readonly FoundDevice[],
  listed: readonly FoundDevice[],
  { unread, now }: { unread: ReadonlySet<DeviceKind>; now: number },
): FoundDevice[] {
  const before = new Map(known.map((device) => [device.uuid, device]));
  const present = new Map<string, FoundDevice>();
  for (const device of listed) {
    if (!present.has(device.uuid)) present.set(device.uuid, { ...placeOf(before.get(device.uuid)), ...device });
  }
  const absent = known.flatMap((device) => {
    if (present.has(device.uuid)) return [];
    if (unread.has(device.kind)) return [{ ...device, isOnline: false, problem: 'Its list cannot be read.' }];
    const missingSince = device.missingSince ?? now;
    return now - missingSince >= goneMs ? [] : [{ ...device, missingSince, isOnline: false, problem: missing }];
  });
  return [...present.values(), ...absent];
}

/** Where it was, in case that the list of locations cannot be read this time. */
function placeOf(device: FoundDevice | undefined): Pick<FoundDevice, 'location' | 'room'> {
  const { location, room } = device ?? {};
  return { ...(location !== undefined && { location }), ...(room !== undefined && { room }) };
}
