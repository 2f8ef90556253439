export * from './network.ts';
export type { Outage, OutageEnd } from './outage.ts';
export type { Silence } from './front.ts';
export type { HomeNetworkState } from './state.ts';
