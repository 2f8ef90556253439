export type { PluginIdentity } from './accessory-mirror.ts';
export * from './register-service.ts';
export { ServicePlatform, type PlatformParts, type Run } from './service-platform.ts';
