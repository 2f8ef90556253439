import type { blinkCalls } from '@porchlight/config-schemas';
import { notUnderstood } from '../../errors.ts';

export type Call = (typeof blinkCalls)[number];

/** The calls of the API; a path can be replaced by the configuration. `{a}` account, `{n}` network, `{c}` camera… */
const defaultPaths: Readonly<Record<Call, string>> = {
  tier: '/api/v1/users/tier_info',
  homescreen: '/api/v4/accounts/{a}/homescreen',
  media: '/api/v1/accounts/{a}/media/changed?since={since}&page={page}',
  arm: '/api/v1/accounts/{a}/networks/{n}/state/arm',
  disarm: '/api/v1/accounts/{a}/networks/{n}/state/disarm',
  'camera-enable': '/network/{n}/camera/{c}/enable',
  'camera-disable': '/network/{n}/camera/{c}/disable',
  'camera-snapshot': '/network/{n}/camera/{c}/thumbnail',
  'owl-config': '/api/v1/accounts/{a}/networks/{n}/owls/{c}/config',
  'owl-snapshot': '/api/v1/accounts/{a}/networks/{n}/owls/{c}/thumbnail',
  'doorbell-enable': '/api/v1/accounts/{a}/networks/{n}/doorbells/{c}/enable',
  'doorbell-disable': '/api/v1/accounts/{a}/networks/{n}/doorbells/{c}/disable',
  'doorbell-snapshot': '/api/v1/accounts/{a}/networks/{n}/doorbells/{c}/thumbnail',
  command: '/network/{n}/command/{id}',
  'manifest-request': '/api/v1/accounts/{a}/networks/{n}/sync_modules/{s}/local_storage/manifest/request',
  manifest: '/api/v1/accounts/{a}/networks/{n}/sync_modules/{s}/local_storage/manifest/request/{id}',
  'stored-clip':
    '/api/v1/accounts/{a}/networks/{n}/sync_modules/{s}/local_storage/manifest/{manifest}/clip/request/{id}',
};

export type Parameters = Readonly<Record<string, string>>;
export type Paths = (call: Call, parameters: Parameters) => string;

export function createPaths(changes: readonly { name: Call; value: string }[]): Paths {
  const all = { ...defaultPaths };
  for (const { name, value } of changes) all[name] = value;
  return (call, parameters) =>
    all[call].replaceAll(/\{(\w+)\}/g, (_whole, name: string) => {
      const value = parameters[name];
      // What came from outside must not lead to another place of the API.
      if (value === undefined || /[/?#]|\.\./.test(value)) throw notUnderstood(call);
      return encodeURIComponent(value);
    });
}
