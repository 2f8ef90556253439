import * as z from 'zod';
import { latestSec, readBytes, readDuration, readInteger, readMoment } from './quantities.ts';
import { parseSchedule } from './schedule.ts';

/** What a moment is read with. */
export interface ReadingParts {
  nowSec: number;
  /** Epoch seconds of an ISO 8601 text, local time without an offset; undefined when it is none. */
  readDate: (text: string) => number | undefined;
}

export const verifications = ['decode', 'keyframes', 'structure'] as const;
export const lanTrusts = ['pin', 'verify', 'any'] as const;

/** A text that `read` makes something of; `what` says what it should have been. */
function readBy<T>(read: (text: string) => T | undefined, what: string): z.ZodType<T, unknown> {
  return z.string().transform((text, context) => {
    const value = read(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: `invalid value '${text}': ${what}` });
    return z.NEVER;
  });
}

function wholeNumber(least: number, most: number, what: string): z.ZodType<number, unknown> {
  return within(readInteger, least, most, `use ${what} from ${least} to ${most}`);
}

function within(
  read: (text: string) => number | undefined,
  least: number,
  most: number,
  what: string,
): z.ZodType<number, unknown> {
  const isWithin = (value: number | undefined): value is number =>
    value !== undefined && value >= least && value <= most;
  return readBy((text) => {
    const value = read(text);
    return isWithin(value) ? value : undefined;
  }, what);
}

function oneOf<const T extends string>(words: readonly T[]): z.ZodType<T, unknown> {
  return readBy((text) => words.find((word) => word === text), `use ${words.join(', ')}`);
}

const yearSec = 366 * 86_400;
const flag = z.literal(true).optional();
const text = z.string().min(1, 'must not be empty').optional();
const texts = z.array(z.string().min(1, 'must not be empty')).optional();
const fingerprint = readBy((words) => {
  const digits = words.replaceAll(':', '').toLowerCase();
  return /^[0-9a-f]{64}$/.test(digits) ? digits : undefined;
}, 'use the 64 hexadecimal digits of a SHA-256');

/** Turns the words of every option into its value; what is wrong is said as the original says it. */
export function createOptionsSchema(parts: ReadingParts) {
  const moment = within(
    (words) => readMoment(words, parts),
    0,
    latestSec,
    'use epoch seconds, an ISO date such as 2026-03-01T08:00, or a time ago such as 4h',
  ).optional();
  return z.object({
    start_time: moment,
    since: moment,
    until: moment,
    before_time: moment,
    after_time: moment,
    duration: within(readDuration, 1, yearSec, 'use seconds or a duration such as 90m, at least 1 s').optional(),
    max_alerts: wholeNumber(1, 100_000, 'a whole number').optional(),
    alert_buffer: within(readDuration, 0, 86_400, 'use seconds from 0 to 86400').optional(),
    debug: flag,
    usewan: flag,
    alerts: flag,
    watch: flag,
    dry_run: flag,
    json: flag,
    quiet: flag,
    location_uuid: text,
    camera_uuid: text,
    camera: texts,
    location: texts,
    cert: text,
    private_key: text,
    ca_file: text,
    output: text,
    ffmpeg: text,
    concurrency: wholeNumber(1, 1000, 'a whole number').optional(),
    segments_in_flight: wholeNumber(1, 8, 'a whole number').optional(),
    interval: within(readDuration, 5, 86_400, 'use a duration from 5s to 24h').optional(),
    schedule: readBy(parseSchedule, 'use five cron fields such as "15 * * * *", @hourly, @daily or 4h').optional(),
    verify: oneOf(verifications).optional(),
    min_free: within(readBytes, 0, 1e15, 'use bytes such as 500M or 2G').optional(),
    when_full: oneOf(['stop', 'rotate']).optional(),
    keep_days: wholeNumber(1, 36_500, 'a whole number').optional(),
    keep_bytes: within(readBytes, 1, 1e18, 'use bytes such as 500G').optional(),
    lan_trust: oneOf(lanTrusts).optional(),
    lan_pin: z.array(fingerprint).optional(),
    region: oneOf(['us', 'eu']).optional(),
    api_url: readBy(readHttpUrl, 'use an address such as https://api2.rhombussystems.com').optional(),
  });
}

export type Options = z.output<ReturnType<typeof createOptionsSchema>>;

// The key goes to this address, so it must be encrypted unless it stays on this machine.
function readHttpUrl(address: string): string | undefined {
  const plain = address.replace(/\/+$/, '');
  return /^(https:\/\/[^\s/?#@]+|http:\/\/(127\.0\.0\.1|localhost)(:\d+)?)$/.test(plain) ? plain : undefined;
}
