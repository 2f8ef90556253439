import { describe, expect, test } from '@jest/globals';
import type { ProbeGroup, ProbeOutcome, ProbeResult } from '../../src/domain/probe.ts';
import { judgeRound, type RoundFacts } from '../../src/domain/verdict.ts';

const outcomes: Record<string, ProbeOutcome> = {
  ok: { ok: true, latencyMs: 10 },
  silent: { ok: false, why: 'silent', problem: 'no answer' },
  noName: { ok: false, why: 'no-name', problem: 'no such name' },
  other: { ok: false, why: 'other-content', problem: 'a login page' },
  broken: { ok: false, why: 'broken', problem: 'no permission' },
};

/** `address:Cloudflare ok` is one result. */
function results(...lines: string[]): ProbeResult[] {
  return lines.map((line) => {
    const [what = '', outcome = ''] = line.split(' ');
    const [group = '', owner = what] = what.split(':');
    const found = outcomes[outcome];
    if (!found) throw new Error(line);
    return { label: what, group: group as ProbeGroup, owner, outcome: found, isSystemResolver: owner === 'system' };
  });
}

const judge = (lines: string[], facts: Partial<RoundFacts> = {}) =>
  judgeRound({ results: results(...lines), isRouterKnown: true, minHealthy: 1, ...facts });

describe('one round', () => {
  test.each<[string, string[], Partial<RoundFacts>, object]>([
    ['all well', ['address:a ok', 'names:system ok', 'web:m ok'], {}, { status: 'online' }],
    ['one target of many fails', ['address:a ok', 'address:b silent', 'address:c ok'], {}, { status: 'online' }],
    ['most targets fail', ['address:a ok', 'address:b silent', 'address:c silent'], {}, { status: 'degraded' }],
    ['a whole group fails', ['address:a ok', 'address:b ok', 'web:m silent'], {}, { status: 'degraded' }],
    [
      'nothing answers',
      ['address:a silent', 'names:system silent', 'router silent'],
      {},
      { status: 'offline', cause: 'lan' },
    ],
    ['only the router answers', ['address:a silent', 'router ok'], {}, { status: 'offline', cause: 'wan' }],
    [
      'a router that never answered is not missed',
      ['address:a silent', 'router silent'],
      { isRouterKnown: false },
      { status: 'offline', cause: 'wan' },
    ],
    ['the router cannot be asked', ['address:a silent', 'router broken'], {}, { status: 'offline', cause: 'wan' }],
    ['no link', ['address:a silent', 'router silent'], { hasLink: false }, { status: 'offline', cause: 'local-link' }],
    ['a link that is not seen but works', ['address:a ok'], { hasLink: false }, { status: 'online' }],
    [
      'names are dead',
      ['address:a ok', 'names:system silent', 'web:m noName'],
      {},
      { status: 'offline', cause: 'dns' },
    ],
    [
      'only the own resolver is dead',
      ['address:a ok', 'names:system silent', 'names:b ok', 'web:m noName'],
      {},
      { status: 'offline', cause: 'dns' },
    ],
    [
      'another resolver is dead',
      ['address:a ok', 'names:system ok', 'names:b silent', 'web:m ok'],
      {},
      { status: 'online' },
    ],
    [
      'the resolver of the house answers from memory',
      ['address:a silent', 'names:system ok', 'names:b silent', 'web:m silent', 'router ok'],
      {},
      { status: 'offline', cause: 'wan' },
    ],
    ['nobody else is asked', ['names:system ok', 'router ok'], {}, { status: 'online' }],
    ['the web proves that names work', ['address:a ok', 'names:system silent', 'web:m ok'], {}, { status: 'degraded' }],
    [
      'a login page',
      ['address:a ok', 'names:system ok', 'web:m other', 'web:g silent'],
      {},
      { status: 'offline', cause: 'captive-portal' },
    ],
    ['one page changed its text', ['address:a ok', 'web:m other', 'web:g ok'], {}, { status: 'online' }],
    ['every check is broken', ['address:a broken', 'address:b broken'], {}, { status: 'broken' }],
    [
      'some are broken, the rest fail',
      ['address:a broken', 'address:b silent', 'router ok'],
      {},
      { status: 'offline', cause: 'wan' },
    ],
    ['some are broken, the rest answer', ['address:a broken', 'address:b ok'], {}, { status: 'online' }],
    [
      'two owners are needed, one answers',
      ['address:a ok', 'address:b silent', 'router ok'],
      { minHealthy: 2 },
      { status: 'offline', cause: 'wan' },
    ],
    [
      'the resolver of the house is none of the owners that are needed',
      ['address:a ok', 'names:system ok', 'address:b silent', 'router ok'],
      { minHealthy: 2 },
      { status: 'offline', cause: 'wan' },
    ],
    [
      'two checks of one owner are one',
      ['address:a ok', 'names:a ok', 'address:b silent'],
      { minHealthy: 2 },
      { status: 'offline' },
    ],
    [
      'two owners answer',
      ['address:a ok', 'address:b ok', 'address:c silent'],
      { minHealthy: 2 },
      { status: 'online' },
    ],
    ['more are needed than there are', ['address:a ok'], { minHealthy: 3 }, { status: 'online' }],
    ['no checks at all', [], {}, { status: 'broken' }],
  ])('%s', (_what, lines, facts, verdict) => {
    expect(judge(lines, facts)).toMatchObject(verdict);
  });

  test('what failed is named', () => {
    expect(judge(['address:a ok', 'web:m silent'])).toEqual({ status: 'degraded', problem: 'web:m: no answer' });
  });
});
