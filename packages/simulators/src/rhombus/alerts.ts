/** A policy alert as it is on the wire. Every field but the uuid may be missing, as in real answers. */
export interface PolicyAlert {
  uuid: string;
  type?: 'POLICY_ALERT_V2' | 'ACCESS_CONTROLLED_DOOR_POLICY_ALERT';
  timestampMs?: number | null;
  durationSec?: number | null;
  policyAlertTriggers?: string[] | null;
  deviceUuid?: string | null;
  deviceType?: string | null;
  locationUuid?: string | null;
  accessControlledDoorUuid?: string | null;
  finalized?: boolean | null;
  deleted?: boolean | null;
  [field: string]: unknown;
}

export interface AlertQuery {
  maxResults?: number | null | undefined;
  beforeTimestampMs?: number | null | undefined;
  afterTimestampMs?: number | null | undefined;
  deviceFilter?: string[] | null | undefined;
  locationFilter?: string[] | null | undefined;
  accessControlledDoorFilter?: string[] | null | undefined;
  lastTimestampMs?: number | null | undefined;
  lastUuid?: string | null | undefined;
  /** Whether alerts exactly at the window's edges belong to it; not known of the real service. */
  edges?: 'inclusive' | 'exclusive';
}

const largestPage = 1000;
const defaultPage = 100;

/** One page of alerts, newest first; alerts of the same ms are ordered by uuid so that a page border may fall between them. */
export function pageOfAlerts(alerts: readonly PolicyAlert[], query: AlertQuery): PolicyAlert[] {
  const page = Math.min(Math.max(0, query.maxResults ?? defaultPage), largestPage);
  return alerts
    .filter((alert) => !alert.deleted && isWanted(alert, query) && isAfterCursor(alert, query))
    .toSorted(newestFirst)
    .slice(0, page);
}

function isWanted(alert: PolicyAlert, query: AlertQuery): boolean {
  const at = timeOf(alert);
  const reach = query.edges === 'inclusive' ? 1 : 0;
  return (
    (query.beforeTimestampMs == null || at < query.beforeTimestampMs + reach) &&
    (query.afterTimestampMs == null || at > query.afterTimestampMs - reach) &&
    isIn(alert.deviceUuid, query.deviceFilter) &&
    isIn(alert.locationUuid, query.locationFilter) &&
    isIn(alert.accessControlledDoorUuid, query.accessControlledDoorFilter)
  );
}

function isIn(value: string | null | undefined, filter: string[] | null | undefined): boolean {
  return !filter || filter.length === 0 || (value != null && filter.includes(value));
}

function isAfterCursor(alert: PolicyAlert, { lastTimestampMs, lastUuid }: AlertQuery): boolean {
  if (lastTimestampMs == null || lastUuid == null) return true;
  return newestFirst({ uuid: lastUuid, timestampMs: lastTimestampMs }, alert) < 0;
}

function newestFirst(a: PolicyAlert, b: PolicyAlert): number {
  return timeOf(b) - timeOf(a) || (a.uuid < b.uuid ? -1 : a.uuid > b.uuid ? 1 : 0);
}

// An alert without a time has to stand somewhere in the list: with the newest, where clients will meet it.
function timeOf(alert: PolicyAlert): number {
  return alert.timestampMs ?? Number.MAX_SAFE_INTEGER;
}

/** The shape that the original copy script expects in place of the documented one. */
export function toLegacyAlert(alert: PolicyAlert, deviceName: string | undefined): Record<string, unknown> {
  const end = alert.timestampMs != null && alert.durationSec != null && alert.timestampMs + alert.durationSec * 1000;
  return {
    alertId: alert.uuid,
    alertType: alert.policyAlertTriggers?.[0]?.toLowerCase() ?? 'alert',
    ...(alert.timestampMs != null && { timestampMs: alert.timestampMs }),
    ...(end && { eventEndMs: end }),
    ...(alert.deviceUuid && { deviceUuid: alert.deviceUuid }),
    ...(deviceName && { deviceName }),
  };
}

const groupGapMs = 120_000;
const largestGroup = 50;

/** Alerts that follow each other within two minutes, at most 50 to a group, newest group first. */
export function groupAlerts(alerts: readonly PolicyAlert[]): Record<string, unknown>[] {
  const groups: PolicyAlert[][] = [];
  for (const alert of alerts) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    const near = last && timeOf(last) - timeOf(alert) <= groupGapMs;
    if (group && near && group.length < largestGroup) group.push(alert);
    else groups.push([alert]);
  }
  return groups.map((group) => ({
    startTime: group[0]?.timestampMs,
    endTime: group.at(-1)?.timestampMs,
    policyAlerts: group,
  }));
}
