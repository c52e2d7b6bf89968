import { ref } from '../../schemas/json-schema';
import { DONE, json, JSON_TYPE } from './answers';
import type { ExpressRoute, RequestBody } from '../route';
import { reads } from '../reads';
import { streamWrites } from '../stream-writes';
import { STREAM_WRITE_ERRORS } from './errors';
import { STREAM_ID, TOPIC } from './parameters';

const PARAMETER_DEFINITIONS: RequestBody = {
  mediaTypes: [JSON_TYPE],
  required: true,
  meaning:
    'an array of objects with `id`, and `name`, `description`, `location`, `customProperties`, `minimumValue`, ' +
    '`maximumValue`, `unit`, `format`',
  example: '[{"id": "Speed", "unit": "km/h", "minimumValue": 0, "maximumValue": 400, "location": "/chassis"}]',
  schema: ref('ParameterDefinitionsToStore'),
};

const EVENT_DEFINITIONS: RequestBody = {
  mediaTypes: [JSON_TYPE],
  required: true,
  meaning: 'an array of objects with `id`, and `name`, `description`, `location`, `customProperties`, `level`',
  example: '[{"id": "Alert", "level": "Warning", "location": "/chassis"}]',
  schema: ref('EventDefinitionsToStore'),
};

/** What is said of the parameters and events of streams. */
export const DEFINITION_ROUTES: readonly ExpressRoute[] = [
  {
    id: 'readDefinitions',
    verb: 'GET',
    path: '/topics/{topic}/streams/{streamId}/definitions',
    scope: ['read:{topic}'],
    parameters: [TOPIC, STREAM_ID],
    answers: [
      json(
        ref('Definitions'),
        '`{"parameters": […], "events": […]}`',
        '{"parameters":[{"id":"Speed","unit":"km/h","minimumValue":0,"maximumValue":400,"location":"/chassis"}],' +
          '"events":[{"id":"Alert","level":"Warning","location":"/chassis"}]}',
      ),
    ],
    errors: ['unknown_topic', 'unknown_stream', 'wrong_topic_kind'],
    meaning: 'what is said of the parameters and events of a stream',
    served: 'express',
    handler: (context) => reads(context).definitions,
  },
];

/** Its path is also that of parameter data as it comes. */
export const DEFINE_PARAMETERS: ExpressRoute = {
  id: 'defineParameters',
  verb: 'PUT',
  path: '/topics/{topic}/streams/{streamId}/parameters',
  scope: ['append:{topic}'],
  parameters: [TOPIC, STREAM_ID],
  body: PARAMETER_DEFINITIONS,
  answers: [DONE],
  errors: [...STREAM_WRITE_ERRORS, 'invalid_definitions'],
  meaning: 'replaces what is said of the parameters of a stream, which is made if there is none',
  served: 'express',
  handler: ({ service, bodies }) => streamWrites(service, bodies).define('parameters'),
};

/** Its path is also that of events as they come. */
export const DEFINE_EVENTS: ExpressRoute = {
  id: 'defineEvents',
  verb: 'PUT',
  path: '/topics/{topic}/streams/{streamId}/events',
  scope: ['append:{topic}'],
  parameters: [TOPIC, STREAM_ID],
  body: EVENT_DEFINITIONS,
  answers: [DONE],
  errors: [...STREAM_WRITE_ERRORS, 'invalid_definitions'],
  meaning: 'replaces what is said of the events of a stream, which is made if there is none',
  served: 'express',
  handler: ({ service, bodies }) => streamWrites(service, bodies).define('events'),
};
