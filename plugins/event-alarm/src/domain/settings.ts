import type { EventAlarmConfig } from '@porchlight/config-schemas';
import type { AlarmMode } from '@porchlight/core';
import type { AlarmSettings } from './alarm.ts';
import type { CounterOptions, CountingRule } from './event-counter.ts';
import type { FlashPlan } from './flash.ts';

type ArmedMode = EventAlarmConfig['modes'][number];

const minuteMs = 60_000;

/** A rule and the modes in which it rings; none means all. */
export interface AlarmRule extends CountingRule {
  modes: readonly ArmedMode[];
}

export function isRuleOn({ modes }: AlarmRule, mode: AlarmMode): boolean {
  return modes.length === 0 || (mode !== 'disarmed' && modes.includes(mode));
}

/** The configured rules, or the one made of the three numbers. */
export function toRules(config: EventAlarmConfig): AlarmRule[] {
  if (config.rules.length === 0) {
    return [
      {
        name: '',
        modes: [],
        windowMs: config.alarmLookbackMinutes * minuteMs,
        threshold: config.thresholdEventCount,
        minDistinctDevices: config.minDistinctDevices,
        sources: config.sources,
      },
    ];
  }
  return config.rules.map(({ windowMinutes, ...rule }) => ({ ...rule, windowMs: windowMinutes * minuteMs }));
}

export function toCounterOptions(config: EventAlarmConfig): CounterOptions {
  return {
    rules: toRules(config),
    receiveMs: config.eventsLookbackMinutes * minuteMs,
    lateMs: config.lateArrivalSeconds * 1000,
  };
}

export function toAlarmSettings(config: EventAlarmConfig): AlarmSettings {
  const delays = config.delays.map(({ mode, exitSeconds, entrySeconds }) => {
    return [mode, { exitMs: exitSeconds * 1000, entryMs: entrySeconds * 1000 }] as const;
  });
  return {
    delays: Object.fromEntries(delays),
    triggerMs: config.triggerSeconds * 1000,
    ringsOn: config.afterTrigger === 'stay',
    abortMs: config.abortSeconds * 1000,
    refusesOfflineSources: config.offlineSources === 'refuse',
    maxAlarmsPerDevice: config.maxAlarmsPerDevice,
  };
}

export function toSwitches(config: EventAlarmConfig): { device: string; flash?: FlashPlan }[] {
  return config.switches.map(({ device, pattern, flashes, onSeconds, offSeconds }) => {
    if (pattern === 'steady') return { device };
    const { alarmCycles: cycles, pauseSeconds } = config;
    const plan = { flashes, onMs: onSeconds * 1000, offMs: offSeconds * 1000, cycles, pauseMs: pauseSeconds * 1000 };
    return { device, flash: plan };
  });
}
