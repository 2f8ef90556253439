import { registerService } from '@porchlight/homekit';
import { service } from './service.ts';

export default registerService(service, {
  plugin: 'homebridge-porchlight-smart-plug',
  platform: 'PorchlightSmartPlug',
});
