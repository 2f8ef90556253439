import { mapCapability } from '../component.ts';

/** A press that arrives later than this, after an outage, rings no more, seconds. */
const freshSeconds = 300;

/**
 * A press is a fact, so its event rings and not the state: that is published again with every reconnect, and would ring
 * each time.
 */
export const doorbell = mapCapability<'doorbell'>(({ entity, eventTopic }) => ({
  doorbell: {
    ...entity('event', 'doorbell', 'Doorbell'),
    state_topic: eventTopic('doorbell'),
    value_template:
      `{% if as_timestamp(now()) - as_timestamp(value_json.occurredAt) < ${freshSeconds} %}` +
      '{"event_type":"ring","occurred_at":"{{ value_json.occurredAt }}"}{% endif %}',
    event_types: ['ring'],
    device_class: 'doorbell',
  },
}));
