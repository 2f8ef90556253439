import type { Counters } from '../counters.ts';
import type { HomeStatus } from '../domain/home.ts';

type Sample = readonly [labels: string, value: number];

export interface MetricsState {
  counters: Counters;
  homes: Record<HomeStatus, number>;
  /** Messages not delivered yet. */
  waiting: number;
}

/** The counters in Prometheus' text format. */
export function renderMetrics({ counters, homes, waiting }: MetricsState): string {
  const byLabel = (label: string, values: Record<string, number>): Sample[] =>
    Object.entries(values).map(([name, value]) => [`{${label}="${name}"}`, value]);
  const single = (value: number): Sample[] => [['', value]];
  const blocks = [
    block('homes', 'gauge', 'Homes by state', byLabel('state', homes)),
    block('connections', 'gauge', 'Open connections of homes', single(counters.connections)),
    block('beats_total', 'counter', 'Beats accepted', single(counters.beats)),
    block('refused_total', 'counter', 'What was refused, by reason', byLabel('reason', counters.refused)),
    block('alerts_total', 'counter', 'What people were told, by kind', byLabel('kind', counters.alerts)),
    block('deliveries_total', 'counter', 'Messages delivered', single(counters.delivered)),
    block('delivery_failures_total', 'counter', 'Deliveries that failed', single(counters.deliveryFailures)),
    block('messages_waiting', 'gauge', 'Messages not delivered yet', single(waiting)),
    block('isolated', 'gauge', '1 while the watchtower hears nobody', single(counters.isIsolated ? 1 : 0)),
    block('checked_timestamp_seconds', 'gauge', 'Time of the last check', single(counters.checkedAt / 1000)),
    block('check_duration_seconds', 'gauge', 'How long the last check took', single(counters.checkMs / 1000)),
    block('resident_memory_bytes', 'gauge', 'Memory of the process', single(process.memoryUsage.rss())),
  ];
  return `${blocks.join('\n')}\n`;
}

function block(name: string, type: 'gauge' | 'counter', help: string, samples: readonly Sample[]): string {
  const full = `porchlight_watchtower_${name}`;
  const lines = samples.map(([labels, value]) => `${full}${labels} ${value}`);
  return [`# HELP ${full} ${help}`, `# TYPE ${full} ${type}`, ...lines].join('\n');
}
