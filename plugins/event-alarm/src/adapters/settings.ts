import type { EventAlarmConfig } from '@porchlight/config-schemas';
import type { AlarmSettings } from '../domain/alarm.ts';
import type { AlarmRule } from '../domain/alarm-rule.ts';
import type { CounterOptions } from '../domain/event-counter.ts';
import type { FlashPlan } from '../domain/flash.ts';

const minuteMs = 60_000;

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
