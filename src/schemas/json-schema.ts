/** A schema of JSON Schema 2020-12, which OpenAPI 3.1 and AsyncAPI 3 use. `ref` refers to another of `SCHEMAS`. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: JsonType | readonly JsonType[];
  readonly format?: 'int64' | 'double' | 'date-time' | 'uri' | 'byte';
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly const?: string | boolean | null;
  readonly enum?: readonly (string | number | null)[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly default?: string | number | boolean;
  readonly contentEncoding?: 'base64';
  readonly contentMediaType?: string;
  readonly contentSchema?: JsonSchema;
  readonly examples?: readonly unknown[];
}

type JsonType = 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'null';

/** Where a document keeps its named schemas. */
export const SCHEMA_PATH = '#/components/schemas/';

/** A reference to a named schema. */
export function ref(name: string): JsonSchema {
  return { $ref: `${SCHEMA_PATH}${name}` };
}

/** An object of these properties, the first of which are always there. */
export function object(
  required: Readonly<Record<string, JsonSchema>>,
  optional: Readonly<Record<string, JsonSchema>> = {},
): JsonSchema {
  const names = Object.keys(required);
  return { type: 'object', ...(names.length > 0 && { required: names }), properties: { ...required, ...optional } };
}

/** An object that is refused when it has any other property. */
export function closedObject(
  required: Readonly<Record<string, JsonSchema>>,
  optional: Readonly<Record<string, JsonSchema>> = {},
): JsonSchema {
  return { ...object(required, optional), additionalProperties: false };
}

/** An object with a value for each name. */
export function mapOf(value: JsonSchema, description?: string): JsonSchema {
  return { type: 'object', additionalProperties: value, ...(description !== undefined && { description }) };
}

export function arrayOf(items: JsonSchema, description?: string): JsonSchema {
  return { type: 'array', items, ...(description !== undefined && { description }) };
}

export function text(description?: string): JsonSchema {
  return { type: 'string', ...(description !== undefined && { description }) };
}

export function integer(description?: string): JsonSchema {
  return { type: 'integer', ...(description !== undefined && { description }) };
}

/** The text alone. */
export function constant(value: string): JsonSchema {
  return { type: 'string', const: value };
}

/** A string, or `null`. */
export function nullableText(description?: string): JsonSchema {
  return { type: ['string', 'null'], ...(description !== undefined && { description }) };
}
