import { HomebridgePluginUiServer } from '@homebridge/plugin-ui-utils';
import { survey } from 'homebridge-porchlight-rhombus/service';

const timeoutMs = 60_000;

/** Tries the key for the settings page. */
function serve() {
  const server = new HomebridgePluginUiServer();
  server.onRequest('/survey', async (payload) => {
    const { platform: _platform, name: _name, _bridge, ...own } = payload ?? {};
    try {
      return await survey(own, AbortSignal.timeout(timeoutMs));
    } catch {
      return { problem: 'Rhombus did not answer in time.', hints: [], locations: [], devices: [] };
    }
  });
  server.ready();
}

serve();
