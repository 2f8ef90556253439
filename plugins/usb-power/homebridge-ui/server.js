import { HomebridgePluginUiServer, RequestError } from '@homebridge/plugin-ui-utils';
import { survey, tryLamp } from 'homebridge-porchlight-usb-power/service';

/** Shows this machine's ports to the settings page, and switches one to see whether its lamp goes dark. */
function serve() {
  const server = new HomebridgePluginUiServer();
  server.onRequest('/ports', (payload) => {
    const { platform: _platform, name: _name, _bridge, ...own } = payload ?? {};
    return survey(own);
  });
  server.onRequest('/try', async ({ config, port }) => {
    try {
      return { by: await tryLamp(config, String(port)) };
    } catch (error) {
      throw new RequestError(error.message, { code: error.code });
    }
  });
  server.ready();
}

serve();
