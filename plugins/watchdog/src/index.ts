import { registerService } from '@porchlight/homekit';
import { service } from './service.ts';

export default registerService(service, {
  plugin: 'homebridge-porchlight-watchdog',
  platform: 'PorchlightWatchdog',
});
