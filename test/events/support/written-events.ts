import fc from 'fast-check';

/** An event as it should be kept. */
export interface EventModel {
  readonly id: string;
  readonly timestamp: bigint;
  readonly value: string | undefined;
  readonly tags: Record<string, string> | undefined;
}

/** Accepted text of some events, and the events it stands for. */
export interface WrittenBatch {
  readonly text: string;
  readonly events: readonly EventModel[];
}

interface WrittenEvent {
  readonly text: string;
  readonly event: EventModel;
}

const string = fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.string({ maxLength: 8 }));
const space = fc.oneof(fc.constant(''), fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '\r'), maxLength: 3 }));
const timestamp = fc.oneof(
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
  fc.bigInt(1_600_000_000_000_000_000n, 1_600_000_000_000_001_000n),
  fc.bigInt(-1000n, 1000n),
);

/** A string as JSON, each character either plain or in one of its escapes. */
function quoted(value: string): fc.Arbitrary<string> {
  const unit = (code: number) => `\\u${code.toString(16).padStart(4, '0')}`;
  const characters = Array.from(value).map((character) => {
    const plain = JSON.stringify(character).slice(1, -1);
    const escaped = character
      .split('')
      .map((half) => unit(half.charCodeAt(0)))
      .join('');
    return fc.constantFrom(
      plain,
      plain,
      plain,
      escaped,
      escaped.replace(/[a-f]/g, (digit) => digit.toUpperCase()),
    );
  });
  return fc.tuple(...characters).map((written) => `"${written.join('')}"`);
}

function object(members: fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  const spaced = members.map((member) => fc.tuple(space, member, space).map((parts) => parts.join('')));
  return fc.tuple(...spaced).map((written) => `{${written.join(',')}}`);
}

function member(key: fc.Arbitrary<string>, value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(key, space, space, value)
    .map(([name, before, behind, written]) => `${name}${before}:${behind}${written}`);
}

function property(name: string, value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const pascal = name[0]!.toUpperCase() + name.slice(1);
  return member(fc.oneof(fc.constant(`"${name}"`), quoted(name), quoted(pascal)), value);
}

function writtenTags(tags: Record<string, string>): fc.Arbitrary<string> {
  return object(Object.entries(tags).map(([key, value]) => member(quoted(key), quoted(value))));
}

function writtenTimestamp(value: bigint): fc.Arbitrary<string> {
  const plain = fc.constant(value.toString());
  const minusZero = value === 0n ? [fc.constantFrom('-0', '"-0"')] : [];
  return fc.oneof(plain, plain, fc.constant(`"${value.toString()}"`), quoted(value.toString()), ...minusZero);
}

/** A property that may be absent or null when it has no value. */
function optional(name: string, value: fc.Arbitrary<string> | undefined): fc.Arbitrary<fc.Arbitrary<string>[]> {
  if (value !== undefined) return fc.constant([property(name, value)]);
  return fc.constantFrom([], [property(name, fc.constant('null'))]);
}

function written(event: EventModel): fc.Arbitrary<WrittenEvent> {
  const value = optional('value', event.value === undefined ? undefined : quoted(event.value));
  const tags = optional('tags', event.tags === undefined ? undefined : writtenTags(event.tags));
  const id = property('id', quoted(event.id));
  const time = property('timestamp', writtenTimestamp(event.timestamp));
  return fc
    .tuple(value, tags)
    .map((options) => [id, time, ...options.flat()])
    .chain((members) => fc.shuffledSubarray(members, { minLength: members.length }))
    .chain(object)
    .map((text) => ({ text, event }));
}

const tagged = fc.oneof(
  fc.dictionary(string, string, { maxKeys: 4 }),
  fc.dictionary(string, string, { minKeys: 9, maxKeys: 12 }),
);
const event = fc.record({
  id: string,
  timestamp,
  value: fc.option(string, { nil: undefined }),
  tags: fc.option(tagged, { nil: undefined }),
});

/** An array of events, or one bare event, with whitespace, escapes, order and case of properties as they come. */
export const writtenBatch: fc.Arbitrary<WrittenBatch> = fc
  .tuple(fc.array(event.chain(written), { minLength: 1, maxLength: 5 }), fc.boolean(), fc.tuple(space, space, space))
  .map(([batch, bare, [before, between, behind]]) => {
    const texts = batch.map(({ text }) => text);
    const separator = `${between},${before}`;
    const array = `${before}[${behind}${texts.join(separator)}${between}]${behind}`;
    const text = bare && batch.length === 1 ? `${before}${texts.join('')}${behind}` : array;
    return { text, events: batch.map(({ event: model }) => model) };
  });
