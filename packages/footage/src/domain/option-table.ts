/** One option of the command line. */
export interface OptionSpec {
  /** Long name with underscores, without dashes; dashes between the words are read as well. */
  name: string;
  /** Short names with their dash, as the original copy script has them (several letters after one dash). */
  short: readonly string[];
  /** Takes a value (its placeholder in the help), or is a mere flag. */
  value?: string;
  /** The original copy script has it: such options win when a long name is abbreviated. */
  isOriginal?: true;
  /** May be given several times; otherwise the last one wins. */
  isRepeatable?: true;
  /** The value is an identifier of Rhombus, which may begin with a dash. */
  isIdentifier?: true;
  help: string;
}

const original = (spec: Omit<OptionSpec, 'isOriginal'>): OptionSpec => ({ ...spec, isOriginal: true });
const own = (name: string, help: string, more: Partial<OptionSpec> = {}): OptionSpec => ({
  name,
  short: [],
  help,
  ...more,
});

/** Every option. Names, short names and meaning of the first part are those of the original copy script. */
export const optionTable: readonly OptionSpec[] = [
  original({ name: 'help', short: ['-h'], help: 'show this help' }),
  original({
    name: 'api_key',
    short: ['-a'],
    value: 'KEY',
    help: 'API key; RHOMBUS_API_KEY or --api-key-file hide it',
  }),
  original({ name: 'start_time', short: ['-s'], value: 'TIME', help: 'begin of the footage (an hour ago)' }),
  original({ name: 'duration', short: ['-u'], value: 'SECONDS', help: 'length of the footage (3600)' }),
  original({ name: 'debug', short: ['-g'], help: 'say more' }),
  original({ name: 'usewan', short: ['-w'], help: 'through the cloud only, never from the cameras on the LAN' }),
  original({ name: 'location_uuid', short: ['-loc'], value: 'UUID', isIdentifier: true, help: 'only this location' }),
  original({ name: 'camera_uuid', short: ['-cam'], value: 'UUID', isIdentifier: true, help: 'only this camera' }),
  original({ name: 'cert', short: ['-c'], value: 'FILE', help: 'client certificate of a certificate key' }),
  original({ name: 'private_key', short: ['-p'], value: 'FILE', help: 'private key of the client certificate' }),
  original({ name: 'alerts', short: ['-al'], help: 'copy the footage around policy alerts' }),
  original({ name: 'max_alerts', short: ['-ma'], value: 'NUMBER', help: 'at most so many alerts, the newest (100)' }),
  original({ name: 'before_time', short: ['-bt'], value: 'TIME', help: 'only alerts before' }),
  original({ name: 'after_time', short: ['-at'], value: 'TIME', help: 'only alerts after' }),
  original({ name: 'alert_buffer', short: ['-ab'], value: 'SECONDS', help: 'footage before and after an alert (30)' }),
  own('api_key_file', 'file with the API key', { value: 'FILE' }),
  own('since', 'begin of the footage, or only alerts after', { value: 'TIME' }),
  own('until', 'end of the footage, or only alerts before', { value: 'TIME' }),
  own('camera', 'only this camera, by name or UUID', { value: 'CAMERA', isRepeatable: true, isIdentifier: true }),
  own('location', 'only this location, by name or UUID', { value: 'LOCATION', isRepeatable: true, isIdentifier: true }),
  own('output', 'folder for the films (here)', { short: ['-o'], value: 'FOLDER' }),
  own('concurrency', 'cameras at once (all)', { value: 'NUMBER' }),
  own('segments_in_flight', 'segments at once from one camera (2)', { value: 'NUMBER' }),
  own('watch', 'stay, and copy new alerts as they come (implies --alerts)'),
  own('interval', 'with --watch: time between two looks (60s)', { value: 'DURATION' }),
  own('schedule', 'stay, and copy at these times: five cron fields, @hourly, @daily or a duration', { value: 'TIMES' }),
  own('dry_run', 'say what would be copied'),
  own('json', 'one JSON object a line on the standard output'),
  own('quiet', 'only warnings and errors'),
  own('verify', 'decode, keyframes or structure: how films are checked (keyframes)', { value: 'HOW' }),
  own('min_free', 'disk space that stays free (1G)', { value: 'BYTES' }),
  own('when_full', 'stop, or rotate: delete the oldest films (stop)', { value: 'WHAT' }),
  own('keep_days', 'delete films that are older', { value: 'DAYS' }),
  own('keep_bytes', 'delete the oldest films beyond this size', { value: 'BYTES' }),
  own('lan_trust', 'pin, verify or any: certificates of LAN devices (pin)', { value: 'HOW' }),
  own('lan_pin', 'SHA-256 of a certificate that a LAN device may show', { value: 'SHA256', isRepeatable: true }),
  own('region', 'us or eu: where the organisation lives (us)', { value: 'REGION' }),
  own('api_url', 'another address of the API', { value: 'URL' }),
  own('ca_file', 'more authorities to trust (PEM)', { value: 'FILE' }),
  own('ffmpeg', 'path of ffmpeg', { value: 'FILE' }),
  own('version', 'show the version'),
];

/** `--api_key`, written as one reads it in the help. */
export function longName(spec: OptionSpec): string {
  return `--${spec.isOriginal ? spec.name : spec.name.replaceAll('_', '-')}`;
}

/** `-a/--api_key`, as messages name an option. */
export function fullName(spec: OptionSpec): string {
  return [...spec.short, longName(spec)].join('/');
}
