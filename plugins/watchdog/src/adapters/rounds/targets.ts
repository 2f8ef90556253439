import type { ProbeConfig } from '@porchlight/config-schemas';

/** Asked when nothing is configured: owners that have nothing to do with each other, over three kinds of probe. */
export const defaultTargets: readonly ProbeConfig[] = [
  { type: 'tcp', host: '1.1.1.1', port: 443, owner: 'Cloudflare' },
  { type: 'tcp', host: '8.8.8.8', port: 53, owner: 'Google' },
  { type: 'tcp', host: '9.9.9.9', port: 443, owner: 'Quad9' },
  { type: 'dns', server: 'system', query: 'example.com', owner: 'own resolver' },
  { type: 'dns', server: '9.9.9.9', query: 'example.com', owner: 'Quad9' },
  {
    type: 'http',
    url: 'http://detectportal.firefox.com/success.txt',
    status: 200,
    body: 'success',
    owner: 'Mozilla',
  },
  { type: 'http', url: 'http://connectivitycheck.gstatic.com/generate_204', status: 204, body: '', owner: 'Google' },
];
