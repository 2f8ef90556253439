/** A mark on a camera's timeline, as it is on the wire: `a` activity, `ts` epoch ms. */
export interface Seekpoint {
  a: string;
  ts: number;
  id?: number;
  m?: boolean;
  al?: boolean;
  [field: string]: unknown;
}

interface Question {
  startSec: number;
  durationSec: number;
  includeAnyMotion: boolean;
}

/** The marks inside a window; plain motion only when it is asked for. */
export function selectSeekpoints(points: readonly Seekpoint[], question: Question): Seekpoint[] {
  const from = question.startSec * 1000;
  const to = from + question.durationSec * 1000;
  return points.filter(({ a, ts }) => ts >= from && ts < to && (question.includeAnyMotion || a !== 'MOTION'));
}

/** The marks of many cameras by second (epoch ms as text): how often each activity happened at which camera. */
export function countSeekpoints(
  byCamera: ReadonlyMap<string, Seekpoint[]>,
  question: Question,
): Record<string, unknown> {
  const seconds: Record<string, { activityCountMap: Record<string, Record<string, number>>; alert: boolean }> = {};
  for (const [cameraUuid, points] of byCamera) {
    for (const { a, ts, al } of selectSeekpoints(points, question)) {
      const second = (seconds[String(Math.floor(ts / 1000) * 1000)] ??= { activityCountMap: {}, alert: false });
      const counts = (second.activityCountMap[a] ??= {});
      counts[cameraUuid] = (counts[cameraUuid] ?? 0) + 1;
      second.alert ||= al ?? false;
    }
  }
  return seconds;
}
