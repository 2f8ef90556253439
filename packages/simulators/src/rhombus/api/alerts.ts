import { z } from 'zod';
import { type AlertQuery, groupAlerts, pageOfAlerts, type PolicyAlert, toLegacyAlert } from '../alerts.ts';
import { countSeekpoints, selectSeekpoints } from '../seekpoints.ts';
import type { Organisation } from '../state.ts';
import { findMediaDevice } from '../state.ts';
import { withoutFacet } from '../ruuid.ts';
import { type ApiContext, Answered, badRequest, failed, flag, int, type Route, route, text, texts } from './route.ts';

const cursor = { maxResults: int, lastTimestampMs: int, lastUuid: text };
const filter = z.union([z.string(), z.array(z.string())]).nullish();
const alertQuery = z.object({
  ...cursor,
  beforeTimestampMs: int,
  afterTimestampMs: int,
  deviceFilter: filter,
  locationFilter: filter,
  accessControlledDoorFilter: texts,
});
const oneAlert = z.object({ policyAlertUuid: z.string() });

/** Endpoints of policy alerts and of marks on the timeline. */
export const alertRoutes: Record<string, Route> = {
  'event/getPolicyAlerts': route(alertQuery, listAlerts),
  'event/getPolicyAlertsV2': route(alertQuery, (body, context) => {
    const answer = listAlerts(body, context);
    if (answer instanceof Answered) return answer;
    return { ...answer, oldestPolicyAlert: pageOfAlerts(context.org.alerts, { maxResults: 1000 }).at(-1) ?? null };
  }),
  'event/getPolicyAlert': route(oneAlert, (body, { org }) => foundAlert(org, body.policyAlertUuid, false)),
  'event/getPolicyAlertDetails': route(oneAlert, (body, { org }) => foundAlert(org, body.policyAlertUuid, true)),
  'event/getPolicyAlertCount': route(z.object({ maxResultsSize: int }), (body, { org }) => ({
    count: Math.min(org.alerts.filter(({ deleted }) => !deleted).length, body.maxResultsSize ?? Infinity),
  })),
  'event/getPolicyAlertGroupsForDevice': route(z.object({ deviceUuid: z.string(), ...cursor }), (body, { org }) => ({
    policyAlertGroups: groupAlerts(
      pageOfAlerts(org.alerts, { ...body, deviceFilter: [withoutFacet(body.deviceUuid)] }),
    ),
  })),
  'event/getPolicyAlertGroupsForLocation': route(
    z.object({ locationUuid: z.string(), ...cursor }),
    (body, { org }) => ({
      policyAlertGroups: groupAlerts(pageOfAlerts(org.alerts, { ...body, locationFilter: [body.locationUuid] })),
    }),
  ),
  'camera/getFootageSeekpointsV2': route(
    z.object({ cameraUuid: z.string(), startTime: z.int(), duration: z.int(), includeAnyMotion: flag }),
    (body, { org }) => ({
      footageSeekPoints: selectSeekpoints(org.seekpoints.get(withoutFacet(body.cameraUuid)) ?? [], {
        startSec: body.startTime,
        durationSec: body.duration,
        includeAnyMotion: body.includeAnyMotion ?? false,
      }),
    }),
  ),
  'camera/getFootageSeekpointsForMultiple': route(
    z.object({ cameraUuids: z.array(z.string()), startTimeSec: z.int(), durationSec: z.int(), includeAnyMotion: flag }),
    ({ cameraUuids, includeAnyMotion, ...window }, { org }) => {
      const wanted = new Set(cameraUuids.map(withoutFacet));
      const chosen = new Map([...org.seekpoints].filter(([uuid]) => wanted.has(uuid)));
      const question = { startSec: window.startTimeSec, durationSec: window.durationSec };
      return {
        footageSeekPointMap: countSeekpoints(chosen, { ...question, includeAnyMotion: includeAnyMotion ?? false }),
      };
    },
  ),
};

function listAlerts(body: z.infer<typeof alertQuery>, context: ApiContext): Record<string, unknown> | Answered {
  const { org, settings } = context;
  const query = asQuery(body, settings.legacyAlerts);
  if (!query) return new Answered(badRequest());
  const page = pageOfAlerts(org.alerts, { ...query, edges: settings.alertEdges });
  if (!settings.legacyAlerts) return { policyAlerts: page.map(publicAlert) };
  return { alerts: page.map((alert) => toLegacyAlert(alert, nameOf(org, alert.deviceUuid))) };
}

// Strings as filters are what the original script sends; only the legacy switch lets them pass.
function asQuery(body: z.infer<typeof alertQuery>, isLegacy: boolean): AlertQuery | undefined {
  const { deviceFilter, locationFilter, ...rest } = body;
  const hasString = typeof deviceFilter === 'string' || typeof locationFilter === 'string';
  const isHalfCursor = (body.lastUuid == null) !== (body.lastTimestampMs == null);
  if ((hasString && !isLegacy) || isHalfCursor) return undefined;
  return { ...rest, deviceFilter: asList(deviceFilter), locationFilter: asList(locationFilter) };
}

function asList(value: string | string[] | null | undefined): string[] | undefined {
  return value == null ? undefined : [value].flat();
}

function foundAlert(org: Organisation, uuid: string, withDetails: boolean): Record<string, unknown> | Answered {
  const alert = org.alerts.find((candidate) => candidate.uuid === uuid);
  if (!alert) return failed('Policy alert not found');
  if (!withDetails) return { policyAlert: publicAlert(alert) };
  const start = alert.timestampMs ?? 0;
  const end = start + (alert.durationSec ?? 0) * 1000;
  const points = (org.seekpoints.get(alert.deviceUuid ?? '') ?? []).filter(({ ts }) => ts >= start && ts <= end);
  return { policyAlert: { seekPoints: points, boundingBoxes: [], ...publicAlert(alert) } };
}

function publicAlert({ seekPoints: _points, boundingBoxes: _boxes, ...alert }: PolicyAlert): PolicyAlert {
  return alert;
}

function nameOf(org: Organisation, uuid: string | null | undefined): string | undefined {
  return uuid ? findMediaDevice(org, uuid)?.name : undefined;
}
