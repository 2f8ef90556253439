import { z } from 'zod';
import { randomRuuid } from '../ruuid.ts';
import { flag, type Route, route } from './route.ts';

/** Endpoints that set up webhooks. */
export const integrationRoutes: Record<string, Route> = {
  'integrations/webhooks/getWebhookIntegration': route(z.object({}), (_, { webhooks }) => ({
    webhookSettings: webhooks.settings(),
  })),
  'integrations/webhooks/updateWebhookIntegrationV2': route(
    z.object({
      updatedWebhookSettings: z.object({}).nullish(),
      webhookUrl: z.url(),
      isDiagnostic: flag,
      disabled: flag,
    }),
    ({ webhookUrl, isDiagnostic, disabled }, { webhooks }) => {
      const kind = isDiagnostic ? 'diagnostic' : 'organisation';
      const { secret } = webhooks.register({ url: webhookUrl, kind, disabled: disabled ?? false });
      return { webhookSecret: secret, webhookSettings: webhooks.settings() };
    },
  ),
  'rules/createRule': route(z.looseObject({}), (body, { webhooks }) => ruleAnswer(body, webhooks)),
  'rules/updateRule': route(z.looseObject({}), (body, { webhooks }) => ruleAnswer(body, webhooks)),
};

function ruleAnswer(
  body: unknown,
  webhooks: { register(hook: { url: string; kind: 'rule' }): { secret: string } },
): {
  ruleUuid: string;
  webhookSecrets: Record<string, string>;
} {
  const urls = webhookUrls(body);
  const secrets = urls.map((url) => [url, webhooks.register({ url, kind: 'rule' }).secret] as const);
  return { ruleUuid: randomRuuid(), webhookSecrets: Object.fromEntries(secrets) };
}

// A rule nests its actions in several ways; only the addresses in it matter here.
function webhookUrls(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === 'webhookUrl' && typeof inner === 'string' ? [inner] : webhookUrls(inner),
  );
}
