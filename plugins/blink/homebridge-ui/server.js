import { HomebridgePluginUiServer, RequestError } from '@homebridge/plugin-ui-utils';
import { openPersonalSignIn } from 'homebridge-porchlight-blink/service';
import { join } from 'node:path';

/** Signs in for the settings page; a sign-in stays in memory here until its PIN comes. */
function serve() {
  const server = new HomebridgePluginUiServer();
  const open = (config = {}) => openPersonalSignIn(config, join(server.homebridgeStoragePath ?? '.', 'porchlight'));
  let signIn;
  const on = (path, answer) =>
    server.onRequest(path, async (payload) => {
      try {
        return await answer(payload ?? {});
      } catch (error) {
        throw new RequestError(error.message, { code: error.code });
      }
    });

  on('/status', ({ config }) => open(config).status());
  on('/begin', ({ config, email, password }) => {
    signIn = open({ ...config, email, password });
    return signIn.begin({ email, password });
  });
  on('/pin', async ({ config, pin }) => {
    signIn ??= open(config);
    await signIn.enterPin(String(pin).trim());
    return { type: 'done' };
  });
  server.ready();
}

serve();
