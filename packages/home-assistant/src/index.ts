export { Announcer, type AnnouncerParts } from './announcer.ts';
export { describeDiscovery, objectId, type Discovery, type DiscoveryPlace } from './discovery.ts';
export { readMqttService, type MqttService } from './supervisor.ts';
