import { type JsonSchema, SCHEMA_PATH } from '../schemas/json-schema';

/** A part of the text of a type: as it is, or the name of a schema. */
export type TypePart = string | { readonly name: string };

/** A schema in the notation of TypeScript, such as `Event[] | Event`. `int64` and `integer` are numbers. */
export function typeText(schema: JsonSchema): readonly TypePart[] {
  if (schema.$ref !== undefined) return [{ name: schema.$ref.slice(SCHEMA_PATH.length) }];
  if (schema.const !== undefined) return [JSON.stringify(schema.const)];
  if (schema.enum !== undefined) return [schema.enum.map((value) => JSON.stringify(value)).join(' | ')];
  const union = schema.anyOf ?? schema.oneOf;
  if (union !== undefined) return joined(union.map(typeText), ' | ');
  const { type = 'unknown' } = schema;
  if (typeof type !== 'string')
    return joined(
      type.map((each) => typeText({ ...schema, type: each })),
      ' | ',
    );
  if (type === 'array') return arrayText(schema.items ?? {});
  if (type === 'object') return objectText(schema);
  return [type === 'integer' && schema.format === 'int64' ? 'int64' : type];
}

function arrayText(items: JsonSchema): readonly TypePart[] {
  const parts = typeText(items);
  const isUnion = parts.some((part) => typeof part === 'string' && part.includes(' | '));
  return isUnion ? ['(', ...parts, ')[]'] : [...parts, '[]'];
}

function objectText({ properties, required = [], additionalProperties }: JsonSchema): readonly TypePart[] {
  if (typeof additionalProperties === 'object') return ['Record<string, ', ...typeText(additionalProperties), '>'];
  const members = Object.entries(properties ?? {});
  if (members.length === 0) return ['object'];
  const written = members.map(([name, member]): readonly TypePart[] => [
    `${name}${required.includes(name) ? '' : '?'}: `,
    ...typeText(member),
  ]);
  return ['{ ', ...joined(written, '; '), ' }'];
}

function joined(parts: readonly (readonly TypePart[])[], separator: string): readonly TypePart[] {
  return parts.flatMap((part, index) => (index === 0 ? part : [separator, ...part]));
}
