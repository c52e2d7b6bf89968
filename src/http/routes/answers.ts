import { constant, type JsonSchema, ref, text } from '../../schemas/json-schema';
import type { Answer, AnswerHeader } from '../route';

export const JSON_TYPE = 'application/json';

/** RFC 9512. */
export const YAML_TYPE = 'application/yaml';

/** RFC 9457: an error. */
export const PROBLEM_TYPE = 'application/problem+json';

/** An object a line. */
export const LINES_TYPE = 'application/x-ndjson';

export const EVENT_STREAM_TYPE = 'text/event-stream';

export const DONE: Answer = { status: 200, mediaTypes: [], meaning: 'done, committed and synced' };

/** RFC 9110, section 15.4.5. */
export const UNCHANGED: Answer = {
  status: 304,
  mediaTypes: [],
  meaning: 'what the caller has (`If-None-Match`) is still true',
};

export const GONE: Answer = { status: 204, mediaTypes: [], meaning: 'it is gone' };

/** HTML: 9.2.3 Processing model. An `EventSource` that is answered so does not come back. */
export const GONE_FOLLOWED: Answer = {
  status: 204,
  mediaTypes: [],
  meaning: 'an `EventSource` has come back although it was told of the end (`Last-Event-ID: end`)',
};

/** What a sender should know of what was stored all the same. */
export const WARNING: AnswerHeader = {
  name: 'Writer-Hub-Warning',
  required: false,
  schema: text(),
  meaning: 'what is probably not meant so, in a sentence',
};

/** The headers of an answer that goes on. */
export const LIVE_HEADERS: readonly AnswerHeader[] = [
  {
    name: 'X-Accel-Buffering',
    required: false,
    schema: constant('no'),
    meaning: 'of an answer that goes on: asks nginx to hold nothing back',
  },
];

/** The headers of pages of events and rows. */
export const PAGE_HEADERS: readonly AnswerHeader[] = [
  {
    name: 'Writer-Hub-Position',
    required: false,
    schema: ref('Position'),
    meaning:
      'of every page, also an empty one: after it comes what is stored later; of an answer that goes on: where it begins',
  },
  {
    name: 'Writer-Hub-Next',
    required: false,
    schema: ref('Position'),
    meaning: 'with lines: what to give as `after` for the next page; absent: there is no more now',
  },
];

/** A JSON document. `example`: the text of one. */
export function json(schema: JsonSchema, meaning: string, example?: string): Answer {
  return { status: 200, mediaTypes: [JSON_TYPE], schema, meaning, ...(example !== undefined && { example }) };
}
