import type { blinkIdentityFields } from '@porchlight/config-schemas';

export type IdentityField = (typeof blinkIdentityFields)[number];

/** How the sign-in presents itself. Blink changes what it accepts; each field can be replaced by the configuration. */
const defaultIdentity: Readonly<Record<IdentityField, string>> = {
  client_id: 'ios',
  redirect_uri: 'immedia-blink://applinks.blink.com/signin/callback',
  scope: 'client',
  app_brand: 'blink',
  app_version: '50.1',
  device_brand: 'Apple',
  device_model: 'iPhone16,1',
  device_os_version: '26.1',
  browser:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1',
  client: 'Blink/2511191620 CFNetwork/3860.200.71 Darwin/25.1.0',
};

export type Identity = (field: IdentityField) => string;

export function createIdentity(changes: readonly { name: IdentityField; value: string }[]): Identity {
  const all = { ...defaultIdentity, ...Object.fromEntries(changes.map(({ name, value }) => [name, value])) };
  return (field) => all[field];
}
