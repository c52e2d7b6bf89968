import { InvalidDataException } from '../../../src/signalr/exceptions';
import type { MessageBinder } from '../../../src/signalr/protocol/hub-protocol';
import type { ValueKind } from '../../../src/signalr/protocol/value-kinds';
import { JsonProtocol } from '../../../src/signalr/protocol/json-protocol';

const METHODS: Readonly<Record<string, readonly ValueKind[]>> = {
  Raw: ['json', 'rawJson'],
  Text: ['string', 'json'],
  Json: ['json'],
};
const binder: MessageBinder = {
  findTarget: () => undefined,
  parameters: (target) => {
    const kinds = METHODS[target];
    return kinds && { kinds, required: kinds.length };
  },
  itemKind: () => 'rawJson',
  resultKind: () => undefined,
};
const LIMIT = 128 * 1024;
const WRONG_TYPES = 'Error binding arguments.';

const LIST = `[${'{"a":[1,"]",3]},'.repeat(60_000)}1]`;
const TEXT = `"${'\\"x[\\\\ '.repeat(60_000)}"`;
const DEEP = `${'['.repeat(70)}"${'x'.repeat(600_000)}"${']'.repeat(70)}`;

/** Reads a message both ways; what an error says stands for the message. */
function readBoth(message: string): { readonly inSteps: unknown; readonly atOnce: unknown; readonly steps: number } {
  const bytes = Buffer.from(`\x1e${message}\x1e`);
  const protocol = new JsonProtocol(LIMIT);
  let steps = 1;
  const inSteps = outcome(() => {
    const reading = protocol.parseInSteps(bytes, 1, bytes.length - 1, binder);
    while (!reading.step()) steps++;
    return reading.message;
  });
  return { inSteps, atOnce: outcome(() => protocol.parse(bytes, 1, bytes.length - 1, binder)), steps };
}

function outcome(read: () => unknown): unknown {
  try {
    return readable(read());
  } catch (error) {
    if (!(error instanceof InvalidDataException)) throw error;
    return error.message;
  }
}

/** Texts in place of bytes, which compare faster, and of errors. */
function readable(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value.toString();
  if (value instanceof Error) return value.message;
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, readable(one)]));
}

const call = (target: string, args: string): string =>
  `{"type":1,"invocationId":"i","target":"${target}","arguments":${args}}`;

describe('a large message in JSON', () => {
  it.each([
    ['a raw list', call('Raw', `[1,${LIST}]`)],
    ['a raw text', call('Raw', `[1, ${TEXT} ]`)],
    ['a raw value that is deep', call('Raw', `["a",${DEEP}]`)],
    ['a list for a text', call('Text', `[${LIST},1]`)],
    ['a text that is too large', call('Text', `[${TEXT},1]`)],
    ['a list that is too large', call('Json', `[${LIST}]`)],
    ['values that are too deep', call('Json', `[${DEEP}]`)],
    ['a method that does not exist', call('Other', `[${LIST}]`)],
    ['an item', `{"type":2,"item":${LIST},"invocationId":"s"}`],
    ['a result that nobody waits for', `{"invocationId":"s","type":3,"result":${LIST}}`],
    ['many arguments', call('Json', `[${'1,'.repeat(300_000)}[[2]]]`)],
    ['many small lists as arguments', call('Json', `[${'[1,[2]],'.repeat(90_000)}3]`)],
    ['arguments that come before the target', `{"arguments":[1,${LIST}],"target":"Raw","type":1}`],
    ['a long name', `{"type":6,${TEXT}:1}`],
    ['a long id', `{"type":5,"invocationId":${TEXT}}`],
    ['a long target', `{"type":1,"target":${TEXT},"arguments":[]}`],
    ['headers', `{"type":5,"invocationId":"i","headers":{"a":${TEXT}}}`],
    ['values that have no use', `{"type":6,"x":${LIST}}`],
    ['what follows the message', `{"type":6}${LIST}`],
    ['a list alone', LIST],
  ])('is read in steps as it is at once: %s', (_, message) => {
    const { inSteps, atOnce } = readBoth(message);
    expect(inSteps).toEqual(atOnce);
  });

  it('is looked at in several steps', () => {
    expect(readBoth(call('Raw', `[1,${LIST}]`)).steps).toBeGreaterThan(3);
  });

  it.each([
    ['within a list', call('Raw', `[1,${LIST.slice(0, -1)}`)],
    ['within a text', call('Raw', `[1,${TEXT.slice(0, -1)}`)],
    ['behind a backslash', call('Raw', `[1,"${'x'.repeat(600_000)}\\`).slice(0, -1)],
  ])('that breaks off %s ends the connection', (_, message) => {
    expect(readBoth(message).inSteps).toBe('Error reading JSON.');
  });

  it('has no list parsed for a text, whatever its size', () => {
    const parse = jest.spyOn(JSON, 'parse');
    for (const list of ['[1]', '{"a":1}', LIST]) {
      const bytes = Buffer.from(call('Text', `[${list},1]`));
      const reading = new JsonProtocol(LIMIT).parseInSteps(bytes, 0, bytes.length, binder);
      while (!reading.step());
      expect(reading.message).toMatchObject({
        type: 0,
        invocationId: 'i',
        error: { message: expect.stringContaining(WRONG_TYPES) as string },
      });
    }
    expect(parse.mock.calls.filter(([text]) => text !== '1')).toEqual([]);
    parse.mockRestore();
  });
});
