import { mapCapability } from '../component.ts';

/** Replays of the retained state are ignored by Home Assistant: only a new press is an event. */
export const doorbell = mapCapability<'doorbell'>(({ entity, stateTopic }) => ({
  doorbell: {
    ...entity('event', 'doorbell', 'Doorbell'),
    state_topic: stateTopic,
    value_template: '{% if value_json.lastPress is defined %}{"event_type":"ring"}{% endif %}',
    event_types: ['ring'],
    device_class: 'doorbell',
  },
}));
