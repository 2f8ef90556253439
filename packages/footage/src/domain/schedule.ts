import { readDuration } from './quantities.ts';

/** Minutes at which something is due: by a cron pattern in local time, or every so many seconds. */
export type Schedule = { everySec: number } | { cron: CronFields };

export interface CronFields {
  minute: ReadonlySet<number>;
  hour: ReadonlySet<number>;
  day: ReadonlySet<number>;
  month: ReadonlySet<number>;
  weekday: ReadonlySet<number>;
  /** As in cron: when both days are restricted, either one suffices. */
  isEitherDay: boolean;
}

/** A minute as a calendar shows it; weekday 0 is Sunday, month 1 January. */
export interface CalendarMinute {
  minute: number;
  hour: number;
  day: number;
  month: number;
  weekday: number;
}

const nicknames: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
};

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Reads `15 * * * *`, `@hourly` or a duration of at least a minute (`4h`); undefined when it is none of them. */
export function parseSchedule(text: string): Schedule | undefined {
  const trimmed = text.trim().toLowerCase();
  const everySec = readDuration(trimmed.replace(/^every\s+/, ''));
  if (everySec !== undefined) return everySec >= 60 && everySec <= 31_622_400 ? { everySec } : undefined;
  const fields = (nicknames[trimmed] ?? trimmed).split(/\s+/);
  const [minutes = '', hours = '', days = '', months = '', weekdays = ''] = fields;
  if (fields.length !== 5) return undefined;
  const minute = readField(minutes, 0, 59);
  const hour = readField(hours, 0, 23);
  const day = readField(days, 1, 31);
  const month = readField(months, 1, 12, monthNames);
  const named = readField(weekdays, 0, 7, dayNames);
  if (!minute || !hour || !day || !month || !named) return undefined;
  const weekday = new Set([...named].map((number) => number % 7));
  const isEitherDay = !days.startsWith('*') && !weekdays.startsWith('*');
  return { cron: { minute, hour, day, month, weekday, isEitherDay } };
}

/** A star, `5`, `1-5`, `mon-fri`, each with a step (`/15`), and lists of them; undefined when a number is out of range. */
function readField(text: string, least: number, most: number, names: readonly string[] = []): Set<number> | undefined {
  const numbers = new Set<number>();
  for (const part of text.split(',')) {
    const [, range = '', step] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? [];
    const bounds = range === '*' ? [least, most] : range.split('-').map((word) => readNumber(word, least, names));
    const [from, to = step === undefined ? from : most] = bounds;
    const stride = Number(step ?? 1);
    const isRange = bounds.length <= 2 && from !== undefined && to !== undefined;
    if (!isRange || !(from >= least && to <= most && from <= to) || stride < 1) return undefined;
    for (let number = from; number <= to; number += stride) numbers.add(number);
  }
  return numbers;
}

function readNumber(word: string, least: number, names: readonly string[]): number {
  const place = names.indexOf(word);
  if (place >= 0) return place + least;
  return /^\d{1,2}$/.test(word) ? Number(word) : Number.NaN;
}

/** Whether a cron pattern names this day at all. */
export function isDueDay({ day, month, weekday, isEitherDay }: CronFields, at: CalendarMinute): boolean {
  const days = [day.has(at.day), weekday.has(at.weekday)];
  return month.has(at.month) && (isEitherDay ? days.some(Boolean) : days.every(Boolean));
}

/** Whether a cron pattern names this minute. */
export function isDue(fields: CronFields, at: CalendarMinute): boolean {
  return fields.minute.has(at.minute) && fields.hour.has(at.hour) && isDueDay(fields, at);
}
