import type { Answer, AnswerHeader } from '../http/route';
import { EVENT_STREAM_TYPE, LINES_TYPE, PROBLEM_TYPE, YAML_TYPE } from '../http/routes/answers';
import { type JsonSchema, ref } from '../schemas/json-schema';

/** A JSON object of a document. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A Response Object: an answer, whatever it means. */
export function answerOf({ mediaTypes, meaning, headers = [], ...bodies }: Answer): JsonObject {
  return {
    description: sentence(meaning),
    ...(headers.length > 0 && { headers: headersOf(headers) }),
    ...(mediaTypes.length > 0 && {
      content: Object.fromEntries(mediaTypes.map((type) => [type, contentOf(type, bodies)])),
    }),
  };
}

function contentOf(type: string, { schema, item, example }: Pick<Answer, 'schema' | 'item' | 'example'>): JsonObject {
  if (type === PROBLEM_TYPE) return { schema: ref('Problem') };
  if (isJson(type)) return { schema, ...(example !== undefined && { example: JSON.parse(example) as unknown }) };
  if (type === YAML_TYPE) return { schema: { type: 'object' } };
  const isOwn = example !== undefined && schema === undefined;
  if (item !== undefined && type === EVENT_STREAM_TYPE) {
    return { schema: eventOf(item), ...(isOwn && { example: firstEvent(example) }) };
  }
  if (item !== undefined && type === LINES_TYPE) return { schema: linesOf(item) };
  return { schema: { type: 'string' }, ...(isOwn && { example }) };
}

/** JSON Schema, 8.5: what a text holds when it is read by its media type, here one document after another. */
function linesOf(item: JsonSchema): JsonSchema {
  const lines = { type: 'array', items: { anyOf: [item, ref('EndLine')] } } as const;
  return { type: 'string', contentMediaType: LINES_TYPE, contentSchema: lines };
}

/** What each event is; in an answer that goes on there is more between those of records, and at the end. */
function eventOf(item: JsonSchema): JsonSchema {
  return {
    type: 'object',
    description: 'Each event of the stream.',
    properties: {
      event: { type: 'string', description: 'its name; absent: `message`' },
      id: ref('Position'),
      retry: { type: 'integer', description: 'after how many milliseconds to connect again' },
      data: {
        type: 'string',
        contentMediaType: 'application/json',
        contentSchema: { anyOf: [item, ref('CaughtUp'), ref('End')] },
      },
    },
  };
}

/** The first event of a stream that has data. */
function firstEvent(stream: string): JsonObject {
  const block = stream.split('\n\n').find((text) => /^data: /m.test(text)) ?? '';
  return Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/).slice(0, 2))) as JsonObject;
}

function headersOf(headers: readonly AnswerHeader[]): JsonObject {
  return Object.fromEntries(
    headers.map(({ name, required, schema, meaning }) => [
      name,
      { description: sentence(meaning), ...(required && { required }), schema },
    ]),
  );
}

/** Whether a media type is that of a JSON document. */
export function isJson(type: string): boolean {
  return /^application\/(?:[\w.]+\+)?json\b/.test(type);
}

/** A phrase as a sentence. */
export function sentence(text: string): string {
  return `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}${/[.:]$/.test(text) ? '' : '.'}`;
}
