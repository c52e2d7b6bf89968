import { z } from 'zod';
import { WriterHubError } from '../errors';
import type { StreamProperties } from '../store/contract/catalogue';
import { excerpt } from '../json/excerpt';
import { memberPath } from '../json/json-path';

// A lone surrogate cannot be written as UTF-8 and would come back as another character.
const string = z.string('is not a string').refine((text) => !/\p{Cs}/u.test(text), 'holds half of a surrogate pair');

const metadata = z
  .custom<object>((value) => typeof value === 'object' && !Array.isArray(value), 'is not an object of strings')
  // zod would drop this key without a word.
  .refine((value) => !Object.hasOwn(value, '__proto__'), 'has the key __proto__, which is not kept')
  .pipe(z.record(string, string, 'holds half of a surrogate pair in its name'));

const EXAMPLE = 'such as 2024-05-06T07:08:09Z';

const isoTime = z.iso.datetime({ offset: true });
const localTime = z.iso.datetime({ local: true });

const timeOfRecording = z
  .string(`is not a string: write ISO 8601 with a zone, ${EXAMPLE}`)
  .refine((text) => !localTime.safeParse(text).success || isoTime.safeParse(text).success, {
    error: 'has no zone, so it is not certain which instant it is: end it with Z or +02:00',
    abort: true,
  })
  .refine((text) => isoTime.safeParse(text).success, {
    error: `is not an ISO 8601 date and time with a zone, ${EXAMPLE}`,
    abort: true,
  })
  .refine((text) => !/\.\d{10}/.test(text), 'has more than 9 fractional digits');

const schema: z.ZodType<StreamProperties> = z.object({
  name: string.exactOptional(),
  location: string.exactOptional(),
  metadata: metadata.exactOptional(),
  parents: z.array(string, 'is not an array of strings').exactOptional(),
  timeOfRecording: timeOfRecording.exactOptional(),
});

const NAMES = ['name', 'location', 'metadata', 'parents', 'timeOfRecording'];

/** Every accepted name: camelCase, and PascalCase because .NET clients that keep their property names send it. */
const ACCEPTED_NAMES = new Map(
  NAMES.flatMap((name) => [name, name[0]!.toUpperCase() + name.slice(1)].map((key) => [key, name])),
);

/**
 * Checks the properties of a stream, given as parsed JSON. `undefined` and `null` mean no properties, and a property
 * that is `null` counts as absent. Throws `invalid_properties` with the path of the first broken rule, or when the JSON
 * text takes more than `maxBytes`.
 */
export function parseStreamProperties(value: unknown, maxBytes = 65_536): StreamProperties {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw invalid('$: the properties are not an object');
  // Checked first, because checking the rules and reporting cost more than measuring.
  if (Buffer.byteLength(JSON.stringify(value, writable)) > maxBytes) {
    throw invalid(`$: the properties are longer than ${maxBytes} bytes of JSON`);
  }
  const result = schema.safeParse(canonical(value));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw invalid(`${pathOf(issue?.path ?? [])}: ${issue?.message ?? 'is not valid'}`);
}

/** A large integer is a bigint, at which JSON.stringify throws. */
function writable(_: string, member: unknown): unknown {
  return typeof member === 'bigint' ? String(member) : member;
}

function canonical(value: object): Record<string, unknown> {
  const properties: Record<string, unknown> = {};
  const given = new Set<string>();
  for (const [key, member] of Object.entries(value)) {
    const name = ACCEPTED_NAMES.get(key);
    if (name === undefined) {
      const shown = JSON.stringify(excerpt(key));
      throw invalid(`${memberPath('$', key)}: unknown property ${shown}; a stream has ${NAMES.join(', ')}`);
    }
    if (given.has(name)) throw invalid(`$.${name}: is given twice`);
    given.add(name);
    // MessagePack has a type for times; as JSON it is ISO 8601.
    if (member !== null) properties[name] = member instanceof Date ? member.toJSON() : member;
  }
  return properties;
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (parent, key) => (typeof key === 'number' ? `${parent}[${key}]` : memberPath(parent, String(key))),
    '$',
  );
}

function invalid(message: string): WriterHubError {
  return new WriterHubError('invalid_properties', message);
}
