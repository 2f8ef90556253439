import { fullName, type OptionSpec } from './option-table.ts';

/** Values by option name; a flag has the value `true`. */
export type Given = Map<string, (string | true)[]>;

export type ParsedArguments = { ok: true; given: Given } | { ok: false; problem: string };

interface Match {
  spec: OptionSpec;
  /** Value that stands in the same word. */
  attached?: string;
  /** What is attached to a flag is more one-letter options. */
  isJoined?: true;
}

const negativeNumber = /^-\d+$|^-\d*\.\d+$/;
const identifier = /^[\w-]{22}(\.[va]\d+)?$/;

/**
 * Reads a command line with the habits of Python's argparse, which the original copy script has: `--opt=value`, `-aKEY`,
 * joined flags (`-gw`), short names of several letters (`-loc`), and unique beginnings of names. Where a beginning could
 * be one of the original's options or one of ours, it is the original's.
 */
export function parseArguments(words: readonly string[], table: readonly OptionSpec[]): ParsedArguments {
  const given: Given = new Map();
  const stray: string[] = [];
  for (let place = 0; place < words.length; place += 1) {
    const word = words[place] ?? '';
    const found = isOptionLike(word, table) ? matchWord(word, table) : undefined;
    if (typeof found === 'string') return { ok: false, problem: found };
    if (!found) {
      stray.push(word);
      continue;
    }
    const taken = take(found, words[place + 1], table);
    if ('problem' in taken) return { ok: false, problem: taken.problem };
    if (taken.usesNext) place += 1;
    for (const [name, value] of taken.values) given.set(name, [...(given.get(name) ?? []), value]);
  }
  if (stray.length > 0) return { ok: false, problem: `unrecognized arguments: ${stray.join(' ')}` };
  return { ok: true, given };
}

/** Words with a space are values, unless they begin with the name of an option. */
function isOptionLike(word: string, table: readonly OptionSpec[]): boolean {
  if (word.length < 2 || !word.startsWith('-') || word === '--' || negativeNumber.test(word)) return false;
  return !word.includes(' ') || matchWord(word, table) !== undefined;
}

/** The option a word names, undefined when none, or what is wrong with it. */
function matchWord(word: string, table: readonly OptionSpec[]): Match | string | undefined {
  const { head, attached } = splitAtEquals(word);
  const exact = table.find((spec) => namesOf(spec).includes(head));
  if (exact) return { spec: exact, ...(attached !== undefined && { attached }) };
  const candidates = head.startsWith('--') ? longCandidates(head, attached, table) : shortCandidates(word, table);
  const preferred = candidates.filter(({ spec }) => spec.isOriginal);
  const chosen = preferred.length > 0 ? preferred : candidates;
  if (chosen.length <= 1) return chosen[0];
  const names = chosen.map(({ spec }) => fullName(spec)).join(', ');
  return `ambiguous option: ${head} could match ${names}`;
}

function splitAtEquals(word: string): { head: string; attached?: string } {
  const equals = word.indexOf('=');
  const isLong = word.startsWith('--');
  const head = equals < 0 ? word : word.slice(0, equals);
  const name = isLong ? `--${head.slice(2).replaceAll('-', '_')}` : head;
  return equals < 0 ? { head: name } : { head: name, attached: word.slice(equals + 1) };
}

function namesOf(spec: OptionSpec): string[] {
  return [`--${spec.name}`, ...spec.short];
}

function longCandidates(head: string, attached: string | undefined, table: readonly OptionSpec[]): Match[] {
  return table
    .filter((spec) => `--${spec.name}`.startsWith(head))
    .map((spec) => ({ spec, ...(attached !== undefined && { attached }) }));
}

// `-at5` is `-a` with the value `t5`: the one letter counts, whatever longer name the word resembles.
function shortCandidates(word: string, table: readonly OptionSpec[]): Match[] {
  const letter = word.slice(0, 2);
  return table.flatMap((spec): Match[] => {
    if (spec.short.includes(letter)) return [{ spec, attached: word.slice(2), isJoined: true }];
    return spec.short.some((short) => short.startsWith(word)) ? [{ spec }] : [];
  });
}

type Taken = { values: [name: string, value: string | true][]; usesNext: boolean } | { problem: string };

function take(match: Match, next: string | undefined, table: readonly OptionSpec[]): Taken {
  const { spec, attached, isJoined } = match;
  if (spec.value === undefined) {
    return attached && isJoined ? takeJoinedFlags(match, attached, next, table) : takeFlag(spec, attached);
  }
  if (attached !== undefined) return { values: [[spec.name, attached]], usesNext: false };
  const isValue = next !== undefined && (!isOptionLike(next, table) || (spec.isIdentifier && identifier.test(next)));
  if (!isValue || next === '--') return { problem: `argument ${fullName(spec)}: expected one argument` };
  return { values: [[spec.name, next]], usesNext: true };
}

function takeFlag(spec: OptionSpec, attached: string | undefined): Taken {
  if (attached !== undefined) return { problem: `argument ${fullName(spec)}: takes no value` };
  return { values: [[spec.name, true]], usesNext: false };
}

/** `-gw`, `-gs5`: a flag followed by other one-letter options in the same word. */
function takeJoinedFlags({ spec }: Match, rest: string, next: string | undefined, table: readonly OptionSpec[]): Taken {
  const following = table.find((other) => other.short.includes(`-${rest[0]}`));
  if (!following) return { problem: `argument ${fullName(spec)}: ignored explicit argument '${rest}'` };
  const tail = rest.slice(1);
  const more = take({ spec: following, isJoined: true, ...(tail && { attached: tail }) }, next, table);
  if ('problem' in more) return more;
  return { values: [[spec.name, true], ...more.values], usesNext: more.usesNext };
}
