import { rhombusSchema, type RhombusConfig } from '@porchlight/config-schemas';
import { describeError, parseConfig, type ServiceCommand } from '@porchlight/core';
import { noKey } from '../../errors.ts';
import { toCloudSettings } from '../open.ts';
import { clock } from './clock.ts';
import { surveyOrganisation, type Survey, type SurveyedDevice } from './survey.ts';

/** Tries the key of a configuration that was not checked yet, and says what it may see. Rejects only when aborted. */
export async function survey(raw: unknown, signal: AbortSignal): Promise<Survey> {
  const nothing = { hints: [], locations: [], devices: [] };
  const checked = parseConfig(rhombusSchema, raw);
  if (!checked.ok) return { ...nothing, problem: checked.problems.join(' ') };
  const { apiKey, ...config } = checked.config;
  try {
    if (apiKey === undefined) throw noKey();
    const settings = toCloudSettings(apiKey, config);
    return await surveyOrganisation(settings, { clock, signal, ...otherRegion(apiKey, config) });
  } catch (error) {
    signal.throwIfAborted();
    return { ...nothing, problem: describeError(error) };
  }
}

function otherRegion(
  apiKey: string,
  config: Omit<RhombusConfig, 'apiKey'>,
): Pick<Parameters<typeof surveyOrganisation>[1], 'elsewhere'> {
  if (config.endpoints.api !== undefined) return {};
  const region = config.region === 'us' ? 'eu' : 'us';
  return { elsewhere: { region, settings: toCloudSettings(apiKey, { ...config, region }) } };
}

const cameras: ServiceCommand = {
  name: 'cameras',
  summary: 'try the key, and list cameras and sensors by location',
  arguments: [{ name: 'format', description: '"json" for programs', required: false }],
  async run({ config, args, print, signal }) {
    const format = args[0] ?? 'text';
    if (format !== 'text' && format !== 'json') {
      print(`"${format}" is no format; use json, or nothing.`);
      return 2;
    }
    const result = await survey(config, signal);
    if (format === 'json') print(JSON.stringify(result, undefined, 2));
    else for (const line of toLines(result)) print(line);
    return result.problem === undefined ? 0 : 1;
  },
};

export const commands: readonly ServiceCommand[] = [cameras];

function toLines({ problem, hints, locations, devices }: Survey): string[] {
  if (problem !== undefined) return [problem];
  const homeless = devices.filter(({ location }) => location === undefined);
  const groups: [string, SurveyedDevice[]][] = [
    ...locations.map((place): [string, SurveyedDevice[]] => [
      place,
      devices.filter(({ location }) => location === place),
    ]),
    ...(homeless.length > 0 ? [['(no location)', homeless] satisfies [string, SurveyedDevice[]]] : []),
  ];
  return [
    `The key works: ${devices.length} devices.`,
    ...hints,
    ...groups.flatMap(([place, members]) => ['', place, ...members.map((member) => `  ${toLine(member)}`)]),
  ];
}

function toLine({ uuid, kind, name, isOnline, problem, reportsMotion }: SurveyedDevice): string {
  const trouble = problem ?? (reportsMotion === false ? 'Its alert policy does not report motion.' : undefined);
  return [uuid, kind.padEnd(9), isOnline ? 'online ' : 'offline', name, ...(trouble ? [`- ${trouble}`] : [])].join(
    '  ',
  );
}
