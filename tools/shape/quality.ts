import { problem, type Finding } from './finding.ts';
import type { Tree } from './tree.ts';

/** What "done" means for a plugin, beyond what the other checks can see. */
export const qualityRules = {
  'domain-is-pure': 'decisions are in domain/: no clock, no input or output, no randomness',
  'domain-is-covered': 'every branch of the domain has a test',
  'adapters-meet-faults': 'adapters are tested against refusal, errors, silence and nonsense',
  'idle-without-configuration': 'it loads without a configuration, does nothing and says why',
  'runs-in-both-hosts': 'it runs in Homebridge and in the host, each shown by a test',
  'survives-broker-loss': 'it goes on without the broker and catches up, shown by a test',
  'survives-source-loss': 'it outlives the loss of its cloud, device or driver, shown by a test',
  'survives-restart': 'a restart in the middle loses nothing and does nothing twice, shown by a test',
  'survives-kill': 'so does kill -9, shown by a test',
  'stops-in-time': 'stop frees everything within 5 s, also in the middle of work',
  'faults-on-every-face': 'a fault shows as health on every face and as one log line',
  'no-secrets-out': 'no secret in logs, errors or on the bus, shown by a test',
  'quiet-hour': 'the log of an uneventful hour holds the start line and nothing else',
  'options-are-generated': 'form, options table and types come from its schema',
  'topics-are-documented': 'the README lists its devices and topics, generated from the contract',
  'example-runs': 'a ready configuration is loaded by a test',
  'readme-in-five-lines': 'a stranger succeeds with the first five lines of the README',
} as const;

type Rule = keyof typeof qualityRules;

const line = /^([a-z-]+): (done|todo|exempt)(?: - (\S.*))?$/;

/** quality.yaml: every rule once, done with its proof (a path that exists) or exempt with a reason. */
export function checkQuality(tree: Tree, plugin: string): Finding[] {
  const where = `plugins/${plugin}/quality.yaml`;
  if (!tree.has(where)) return [];
  const missing = new Set<string>(Object.keys(qualityRules));
  const findings = tree
    .read(where)
    .split('\n')
    .filter((text) => text.trim() !== '' && !text.startsWith('#'))
    .flatMap((text) => {
      const [, rule, status, reason] = line.exec(text) ?? [];
      if (!rule || !status) return [problem(where, `cannot read "${text}"; write "rule: done - proof"`)];
      if (!(rule in qualityRules)) return [problem(where, `"${rule}" is not a rule`)];
      if (!missing.delete(rule)) return [problem(where, `"${rule}" stands twice`)];
      return checkRule(tree, plugin, { rule: rule as Rule, status, reason });
    });
  return [...findings, ...[...missing].map((rule) => problem(where, `"${rule}" is missing`))];
}

function checkRule(
  tree: Tree,
  plugin: string,
  { rule, status, reason }: { rule: Rule; status: string; reason: string | undefined },
): Finding[] {
  const where = `plugins/${plugin}/quality.yaml`;
  if (status === 'todo') return [problem(where, `"${rule}" is to do: ${reason ?? qualityRules[rule]}`)];
  if (!reason) return [problem(where, `"${rule}" needs ${status === 'done' ? 'a proof' : 'a reason'} after " - "`)];
  if (status === 'exempt') return [];
  const paths = reason.split(/[\s,;]+/).filter((word) => /^[\w.-]+(\/[\w.-]+)*\.[a-z]+$/.test(word));
  if (paths.length === 0) return [problem(where, `"${rule}" is done: name the file that shows it`)];
  const lost = paths.filter((path) => !tree.has(`plugins/${plugin}/${path}`) && !tree.has(path));
  return lost.map((path) => problem(where, `"${rule}" is shown by ${path}, which does not exist`));
}
