import type { JsonSchema } from '../schemas/json-schema';

/** A schema as AsyncAPI has it: of draft 7, in which whatever stands beside `$ref` is not looked at. */
export type Draft7Schema = Readonly<Record<string, unknown>>;

/** The same schema in the words of draft 7. */
export function draft7(schema: JsonSchema): Draft7Schema {
  const { $ref, ...others } = translated(schema) as { readonly $ref?: string };
  if ($ref === undefined) return others;
  return Object.keys(others).length === 0 ? { $ref } : { allOf: [{ $ref }, others] };
}

/** Its parts, and those that are schemas by name. */
function translated(schema: JsonSchema): Record<string, unknown> {
  const result: Record<string, unknown> = { ...schema };
  const { items, properties, additionalProperties, anyOf, oneOf } = schema;
  if (items !== undefined) result['items'] = draft7(items);
  if (typeof additionalProperties === 'object') result['additionalProperties'] = draft7(additionalProperties);
  if (anyOf !== undefined) result['anyOf'] = anyOf.map(draft7);
  if (oneOf !== undefined) result['oneOf'] = oneOf.map(draft7);
  if (properties !== undefined) {
    const members = Object.entries(properties).map(([name, member]) => [name, draft7(member)]);
    result['properties'] = Object.fromEntries(members) as unknown;
  }
  return result;
}
