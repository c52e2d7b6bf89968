import { anyOfTimes } from './time-schemas';
import { arrayOf, closedObject, type JsonSchema, mapOf, nullableText, object, ref, text } from './json-schema';

const TAGS = mapOf(text(), 'strings by name; `{}` where there are none');

const EVENT = {
  id: text('what kind of event it is; it repeats and is no key'),
  value: nullableText(),
  tags: TAGS,
};

/** Events, as they are sent and as they are given back. */
export const EVENT_SCHEMAS = {
  EventToStore: {
    description:
      'An event to be stored. Names may begin in upper case too (`Id`, `Timestamp`), as .NET clients write them; any ' +
      'other property is refused.',
    ...closedObject(
      { id: text('what kind of event it is; it repeats and is no key'), timestamp: anyOfTimes },
      {
        value: nullableText('absent or `null`: none'),
        tags: { type: ['object', 'null'], additionalProperties: text(), description: 'strings by name' },
      },
    ),
  },
  EventsToStore: {
    description: 'An array of events, or one bare event. It is stored whole or not at all; `[]` stores nothing.',
    anyOf: [arrayOf(ref('EventToStore')), ref('EventToStore')],
  },
  Event: {
    description: 'A stored event of a stream.',
    ...object({ offset: ref('Position'), timestamp: ref('Timestamp'), ...EVENT }),
  },
  TopicEvent: {
    description: 'A stored event, with the stream of the topic that it belongs to.',
    ...object({ offset: ref('Position'), streamId: ref('StreamId'), timestamp: ref('Timestamp'), ...EVENT }),
  },
  EventPage: {
    description: 'A page of the events of a stream.',
    ...object({ events: arrayOf(ref('Event')), next: ref('NextPosition') }),
  },
  TopicEventPage: {
    description: 'A page of the events of a topic.',
    ...object({ events: arrayOf(ref('TopicEvent')), next: ref('NextPosition') }),
  },
} as const satisfies Record<string, JsonSchema>;
