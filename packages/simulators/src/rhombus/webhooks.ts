import { createHmac } from 'node:crypto';
import type { PolicyAlert } from './alerts.ts';
import { randomRuuid } from './ruuid.ts';

export interface Webhook {
  url: string;
  kind: 'organisation' | 'diagnostic' | 'rule';
  /** Without a secret a rule's webhook goes out unsigned. */
  secret: string;
  disabled: boolean;
}

/** One attempt; there is never a second. */
export interface Delivery {
  url: string;
  body: string;
  headers: Record<string, string>;
  /** The listener's status, or what went wrong on the way. */
  outcome: number | 'failed';
  delivered: boolean;
}

/** How a webhook goes out, to test listeners. */
export interface DeliveryOptions {
  /** @default 'right' */
  signature?: 'right' | 'wrong' | 'none';
  /** Numbers as text, as the organisation's webhooks sometimes have them. @default false */
  numbersAsText?: boolean;
}

const timeoutMs = 2_000;

/** The organisation's webhooks: who is told, and how it went. */
export class Webhooks {
  readonly deliveries: Delivery[] = [];
  readonly #orgUuid: string;
  #hooks: Webhook[] = [];

  constructor(orgUuid: string) {
    this.#orgUuid = orgUuid;
  }

  /** Adds a webhook, or changes the one of the same address and kind; one secret per address. */
  register(hook: { url: string; kind: Webhook['kind']; secret?: string; disabled?: boolean }): Webhook {
    const { url, kind, disabled = false } = hook;
    const known = this.#hooks.find((other) => other.url === url && other.kind === kind);
    const secret = hook.secret ?? known?.secret ?? randomRuuid();
    const entry = { url, kind, secret, disabled };
    this.#hooks = [...this.#hooks.filter((other) => other !== known), entry];
    return entry;
  }

  /** As the integration's settings are on the wire. */
  settings(): Record<string, unknown> {
    const list = (kind: Webhook['kind']): Record<string, unknown> =>
      Object.fromEntries(
        this.#hooks
          .filter((hook) => hook.kind === kind)
          .map(({ url, secret, disabled }) => [url, { webhookSecret: secret, webhookDisabled: disabled }]),
      );
    return { activityWebhooksV2: list('organisation'), diagnosticWebhooksV2: list('diagnostic') };
  }

  /** Tells every listener of an alert, once, and waits for the outcomes. */
  async announce(alert: PolicyAlert, options: DeliveryOptions = {}): Promise<void> {
    const listeners = this.#hooks.filter(({ kind, disabled }) => kind !== 'diagnostic' && !disabled);
    await Promise.all(
      listeners.map((hook) => {
        const body = hook.kind === 'rule' ? this.#ruleBody(alert) : organisationBody(alert);
        return this.#deliver(hook, options.numbersAsText ? asText(body) : body, options);
      }),
    );
  }

  async #deliver(hook: Webhook, content: object, { signature = 'right' }: DeliveryOptions): Promise<void> {
    const body = JSON.stringify(content);
    const secret = signature === 'wrong' ? `not ${hook.secret}` : hook.secret;
    const signed = signature !== 'none' && hook.secret !== '' ? signatureOf(hook.kind, secret, body) : {};
    const headers = { 'content-type': 'application/json', ...signed };
    const outcome = await post(hook.url, headers, body);
    const accepted = hook.kind === 'rule' ? outcome === 200 || outcome === 202 : outcome !== 'failed' && outcome < 300;
    this.deliveries.push({ url: hook.url, body, headers, outcome, delivered: accepted });
  }

  #ruleBody(alert: PolicyAlert): object {
    const event = {
      eventUuid: alert.uuid,
      deviceUuid: alert.deviceUuid,
      deviceType: alert.deviceType,
      locationUuid: alert.locationUuid,
      timestampMs: alert.timestampMs,
      activities: alert.policyAlertTriggers ?? [],
    };
    return {
      uuid: `Re${alert.uuid.slice(2)}`,
      orgUuid: this.#orgUuid,
      ruleUuid: alert['ruleUuid'] ?? null,
      triggeredTimestampMs: alert.timestampMs,
      deviceEvents: [event],
      ruleTriggers: [],
    };
  }
}

function signatureOf(kind: Webhook['kind'], secret: string, body: string): Record<string, string> {
  const algorithm = kind === 'rule' ? 'sha256' : 'sha1';
  return { [`x-rhombus-signature-${algorithm}`]: createHmac(algorithm, secret).update(body).digest('hex') };
}

async function post(url: string, headers: Record<string, string>, body: string): Promise<number | 'failed'> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
    await response.body?.cancel();
    return response.status;
  } catch {
    return 'failed';
  }
}

function organisationBody(alert: PolicyAlert): Record<string, unknown> {
  const hasMedia = alert.thumbnailLocation != null;
  return {
    version: '2',
    activityTrigger: (alert.policyAlertTriggers ?? []).join(','),
    summary: alert['textDescription'],
    deviceUuid: alert.deviceUuid ?? undefined,
    deviceType: alert.deviceType ?? undefined,
    location: alert.locationUuid ?? undefined,
    timestampMs: alert.timestampMs ?? undefined,
    alertUuid: alert.uuid,
    ...(hasMedia && {
      durationSec: alert.durationSec ?? undefined,
      thumbnailLocation: regionOf(alert.thumbnailLocation),
      clipLocationMap: clipRegions(alert.clipLocationMap),
    }),
  };
}

function clipRegions(map: unknown): Record<string, string> {
  if (typeof map !== 'object' || map === null) return {};
  return Object.fromEntries(Object.entries(map).map(([uuid, place]) => [uuid, regionOf(place)]));
}

function regionOf(place: unknown): string {
  return typeof place === 'object' && place !== null && 'region' in place ? String(place.region) : String(place);
}

function asText(body: object): object {
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, typeof value === 'number' ? String(value) : value]),
  );
}
