import { expect, test } from '@jest/globals';
import { optionTable } from '../../src/domain/option-table.ts';
import { parseArguments } from '../../src/domain/parse-arguments.ts';

function parse(line: string): unknown {
  const parsed = parseArguments(line === '' ? [] : line.split(' '), optionTable);
  return parsed.ok ? Object.fromEntries(parsed.given) : parsed.problem;
}

const readable: [line: string, given: object][] = [
  ['', {}],
  ['-a KEY -s 5 -u 60', { api_key: ['KEY'], start_time: ['5'], duration: ['60'] }],
  ['--api_key KEY --start_time 5 --duration 60', { api_key: ['KEY'], start_time: ['5'], duration: ['60'] }],
  ['--api-key KEY --start-time 5', { api_key: ['KEY'], start_time: ['5'] }],
  [
    '-al -ma 5 -bt 7 -at 3 -ab 10',
    { alerts: [true], max_alerts: ['5'], before_time: ['7'], after_time: ['3'], alert_buffer: ['10'] },
  ],
  ['--alerts --max_alerts 5 --before_time 7', { alerts: [true], max_alerts: ['5'], before_time: ['7'] }],
  ['--after-time 3 --alert-buffer 10', { after_time: ['3'], alert_buffer: ['10'] }],
  ['-c C -p P -g -w', { cert: ['C'], private_key: ['P'], debug: [true], usewan: [true] }],
  ['--cert C --private_key P --debug --usewan', { cert: ['C'], private_key: ['P'], debug: [true], usewan: [true] }],
  ['-loc L -cam C', { location_uuid: ['L'], camera_uuid: ['C'] }],
  ['--location_uuid L --camera-uuid C', { location_uuid: ['L'], camera_uuid: ['C'] }],
  // Habits of argparse.
  ['-aKEY', { api_key: ['KEY'] }],
  ['-a=KEY', { api_key: ['KEY'] }],
  ['--api_key=KEY=', { api_key: ['KEY='] }],
  ['-loc=L', { location_uuid: ['L'] }],
  ['-gw', { debug: [true], usewan: [true] }],
  ['-gws5', { debug: [true], usewan: [true], start_time: ['5'] }],
  ['-ga KEY', { debug: [true], api_key: ['KEY'] }],
  ['-at5', { api_key: ['t5'] }],
  ['-b 5', { before_time: ['5'] }],
  ['-m 5', { max_alerts: ['5'] }],
  ['-lo L', { location_uuid: ['L'] }],
  ['--cam C', { camera_uuid: ['C'] }],
  ['--camera C', { camera: ['C'] }],
  ['--camera_u C', { camera_uuid: ['C'] }],
  ['--location L --loc M', { location: ['L'], location_uuid: ['M'] }],
  ['--api KEY', { api_key: ['KEY'] }],
  ['--api-key-f F', { api_key_file: ['F'] }],
  ['--dur 5 --use', { duration: ['5'], usewan: [true] }],
  ['--sc @daily', { schedule: ['@daily'] }],
  ['-s -5', { start_time: ['-5'] }],
  ['-s 1 -s 2', { start_time: ['1', '2'] }],
  ['-cam -hQ-2k_dTNaP0sXo9bYvWg', { camera_uuid: ['-hQ-2k_dTNaP0sXo9bYvWg'] }],
  ['--camera A --camera B', { camera: ['A', 'B'] }],
  ['-h', { help: [true] }],
];

test.each(readable)('"%s" is read', (line, given) => {
  expect(parse(line)).toEqual(given);
});

const refused: [line: string, problem: string][] = [
  ['--alert', 'ambiguous option: --alert could match -al/--alerts, -ab/--alert_buffer'],
  ['--a x', 'ambiguous option: --a could match'],
  ['-ca', 'ambiguous option: -ca could match'],
  ['-a', 'argument -a/--api_key: expected one argument'],
  ['-a -s 5', 'argument -a/--api_key: expected one argument'],
  ['-s --', 'argument -s/--start_time: expected one argument'],
  ['-cam -short', 'argument -cam/--camera_uuid: expected one argument'],
  ['-w5', "argument -w/--usewan: ignored explicit argument '5'"],
  ['--usewan=yes', 'argument -w/--usewan: takes no value'],
  ['--json=', 'argument --json: takes no value'],
  ['extra', 'unrecognized arguments: extra'],
  ['-z', 'unrecognized arguments: -z'],
  ['--nonsense 5', 'unrecognized arguments: --nonsense 5'],
  ['-g -- x', 'unrecognized arguments: -- x'],
];

test.each(refused)('"%s" is refused', (line, problem) => {
  expect(parse(line)).toContain(problem);
});

const withSpaces: [words: string[], given: object][] = [
  [['--camera', '- a camera'], { camera: ['- a camera'] }],
  [['--camera=Front Door', '-aA KEY'], { camera: ['Front Door'], api_key: ['A KEY'] }],
];

test.each(withSpaces)('%j is read', (words, given) => {
  const parsed = parseArguments(words, optionTable);
  expect(parsed.ok && Object.fromEntries(parsed.given)).toEqual(given);
});
