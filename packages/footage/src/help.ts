import { longName, optionTable, type OptionSpec } from './domain/option-table.ts';

const column = 34;

export const usageLine = 'usage: rhombus-footage [-h] -a KEY [options]';

/** The text of `--help`. */
export function renderHelp(): string {
  const part = (isOriginal: boolean): string =>
    optionTable
      .filter((spec) => (spec.isOriginal ?? false) === isOriginal)
      .map(renderOption)
      .join('\n');
  return `${usageLine}

Copies the footage of Rhombus cameras to this machine, from the cameras on the LAN or through the cloud.

options of the original copy script (long names may be written with - or _, and cut short):
${part(true)}

more options:
${part(false)}

TIME: epoch seconds, an ISO date such as 2026-03-01T08:00, or a time ago such as 4h.
exit codes: 0 all is there, 1 in part, 2 wrong usage, 3 key refused, 4 Rhombus unreachable, 5 disk full,
            6 another run is copying to the same folder, 130 interrupted.
`;
}

function renderOption(spec: OptionSpec): string {
  const names = [...spec.short, longName(spec)].join(', ');
  const head = `  ${names}${spec.value ? ` ${spec.value}` : ''}`;
  const gap = head.length >= column ? `\n${' '.repeat(column)}` : ' '.repeat(column - head.length);
  return `${head}${gap}${spec.help}`;
}
