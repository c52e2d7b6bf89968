import { DONE, JSON_TYPE } from './answers';
import type { ExpressRoute, RequestBody } from '../route';
import { reads } from '../reads';
import { streamWrites } from '../stream-writes';
import { STREAM_ID, TOPIC } from './parameters';

const PARAMETER_DEFINITIONS: RequestBody = {
  mediaTypes: [JSON_TYPE],
  required: true,
  meaning:
    'an array of objects with `id`, and `name`, `description`, `location`, `customProperties`, `minimumValue`, ' +
    '`maximumValue`, `unit`, `format`',
  example: '[{"id": "Speed", "unit": "km/h", "minimumValue": 0, "maximumValue": 400, "location": "/chassis"}]',
};

const EVENT_DEFINITIONS: RequestBody = {
  mediaTypes: [JSON_TYPE],
  required: true,
  meaning: 'an array of objects with `id`, and `name`, `description`, `location`, `customProperties`, `level`',
  example: '[{"id": "Alert", "level": "Warning", "location": "/chassis"}]',
};

/** What is said of the parameters and events of streams. */
export const DEFINITION_ROUTES: readonly ExpressRoute[] = [
  {
    verb: 'GET',
    path: '/topics/{topic}/streams/{streamId}/definitions',
    scope: ['read:{topic}'],
    parameters: [TOPIC, STREAM_ID],
    answers: [{ status: 200, mediaTypes: [JSON_TYPE], meaning: '`{"parameters": […], "events": […]}`' }],
    meaning: 'what is said of the parameters and events of a stream',
    served: 'express',
    handler: (context) => reads(context).definitions,
  },
];

/** Its path is also that of parameter data as it comes. */
export const DEFINE_PARAMETERS: ExpressRoute = {
  verb: 'PUT',
  path: '/topics/{topic}/streams/{streamId}/parameters',
  scope: ['append:{topic}'],
  parameters: [TOPIC, STREAM_ID],
  body: PARAMETER_DEFINITIONS,
  answers: [DONE],
  meaning: 'replaces what is said of the parameters of a stream, which is made if there is none',
  served: 'express',
  handler: ({ service, bodies }) => streamWrites(service, bodies).define('parameters'),
};

/** Its path is also that of events as they come. */
export const DEFINE_EVENTS: ExpressRoute = {
  verb: 'PUT',
  path: '/topics/{topic}/streams/{streamId}/events',
  scope: ['append:{topic}'],
  parameters: [TOPIC, STREAM_ID],
  body: EVENT_DEFINITIONS,
  answers: [DONE],
  meaning: 'replaces what is said of the events of a stream, which is made if there is none',
  served: 'express',
  handler: ({ service, bodies }) => streamWrites(service, bodies).define('events'),
};
