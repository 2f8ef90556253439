import { HomebridgePluginUiServer, RequestError } from '@homebridge/plugin-ui-utils';
import { discoverPlugs, listPlugs, pairHomeKit, testPlug } from 'homebridge-porchlight-smart-plug/service';
import { join } from 'node:path';

/** Tests, finds and pairs plugs for the settings page. */
function serve() {
  const server = new HomebridgePluginUiServer();
  const { signal } = new AbortController();
  const place = ({ platform: _platform, name: _name, _bridge, ...config } = {}) => ({
    config,
    folder: join(server.homebridgeStoragePath ?? '.', 'porchlight'),
  });
  const on = (path, answer) =>
    server.onRequest(path, async (payload) => {
      try {
        return await answer(payload ?? {});
      } catch (error) {
        throw new RequestError(error.message, { code: error.code });
      }
    });

  on('/plugs', ({ block }) => listPlugs(place(block)));
  on('/discover', ({ block }) => discoverPlugs(place(block), signal));
  on('/pair', async ({ block, plug, code }) => {
    await pairHomeKit(place(block), plug, String(code).trim(), signal);
    return { isPaired: true };
  });
  on('/test', ({ block, plug }) =>
    testPlug(place(block), plug, { signal, print: (line) => server.pushEvent('line', { plug, line }) }),
  );
  server.ready();
}

serve();
