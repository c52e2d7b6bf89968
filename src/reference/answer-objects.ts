import type { Answer, AnswerHeader } from '../http/route';
import type { JsonSchema } from '../schemas/json-schema';

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
  if (isJson(type)) return { schema, ...(example !== undefined && { example: JSON.parse(example) as unknown }) };
  const isText = example !== undefined && schema === undefined && type !== 'application/x-ndjson';
  return {
    schema: item === undefined || !isSequence(type) ? { type: 'string' } : sequenceOf(item, type),
    ...(isText && { example }),
  };
}

/** JSON Schema, 8.5: what a text holds when it is read by its media type: here one document after another. */
function sequenceOf(item: JsonSchema, type: string): JsonSchema {
  return { type: 'string', contentMediaType: type, contentSchema: { type: 'array', items: item } };
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

function isSequence(type: string): boolean {
  return type === 'application/x-ndjson' || type === 'text/event-stream';
}

/** A phrase as a sentence. */
export function sentence(text: string): string {
  return `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}${/[.:]$/.test(text) ? '' : '.'}`;
}
