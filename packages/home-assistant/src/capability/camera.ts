import { mapCapability, type Component } from '../component.ts';

/** Pictures have no topic of their own yet: there is nothing that Home Assistant could show. */
export const camera = mapCapability<'camera'>((): Record<string, Component> => ({}));
