/** The properties of an event, one bit each, so that one number says which of them an event has. */
export const EVENT_PROPERTIES = { UNKNOWN: 0, ID: 1, TIMESTAMP: 2, VALUE: 4, TAGS: 8 } as const;

const { UNKNOWN, ID, TIMESTAMP, VALUE, TAGS } = EVENT_PROPERTIES;

/** The names of the properties in the canonical text, by their bit. */
export const PROPERTY_NAMES: Readonly<Record<number, string>> = {
  [ID]: 'id',
  [TIMESTAMP]: 'timestamp',
  [VALUE]: 'value',
  [TAGS]: 'tags',
};

/** Every accepted name: camelCase, and PascalCase because .NET clients that keep their property names send it. */
const ACCEPTED_NAMES = new Map(
  [ID, TIMESTAMP, VALUE, TAGS].flatMap((property) => {
    const name = PROPERTY_NAMES[property]!;
    return [[name, property] as const, [name[0]!.toUpperCase() + name.slice(1), property] as const];
  }),
);

/** The property with a name, `UNKNOWN` when there is none. */
export function propertyNamed(name: string): number {
  return ACCEPTED_NAMES.get(name) ?? UNKNOWN;
}

// The keys, quotes included, as words of four bytes. Where the length is not a multiple of four, words overlap.
const KEY_ID = word(Buffer.from('"id"'), 0);
const KEY_TAG = word(Buffer.from('"tag'), 0);
const KEY_AGS = word(Buffer.from('ags"'), 0);
const KEY_VAL = word(Buffer.from('"val'), 0);
const KEY_LUE = word(Buffer.from('lue"'), 0);
const KEY_TIM = word(Buffer.from('"tim'), 0);
const KEY_ESTA = word(Buffer.from('esta'), 0);
const KEY_AMP = word(Buffer.from('amp"'), 0);

/** The bit that makes the first letter of a name, which is the second byte of a word, lower case. */
const LOWER_CASE = 0x20 << 8;

/** The length of the longest key, and of the least that can follow from the start of the shortest: `"id":""}`. */
const LONGEST_KEY = 11;
const SHORTEST_REST = 8;

/** The property named by the key at an offset when it has no escapes, which is how nearly every sender writes it. */
export function propertyAt(text: Uint8Array, at: number): number {
  const rest = text.length - at;
  if (rest < SHORTEST_REST) return UNKNOWN;
  switch (word(text, at) | LOWER_CASE) {
    case KEY_ID:
      return ID;
    case KEY_TAG:
      return word(text, at + 2) === KEY_AGS ? TAGS : UNKNOWN;
    case KEY_VAL:
      return word(text, at + 3) === KEY_LUE ? VALUE : UNKNOWN;
    case KEY_TIM:
      if (rest < LONGEST_KEY || word(text, at + 4) !== KEY_ESTA) return UNKNOWN;
      return word(text, at + 7) === KEY_AMP ? TIMESTAMP : UNKNOWN;
    default:
      return UNKNOWN;
  }
}

function word(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}
