import { encode } from '@msgpack/msgpack';
import { InvalidDataException } from '../../../src/signalr/exceptions';
import { MESSAGE_TYPE } from '../../../src/signalr/protocol/hub-messages';
import type { HubProtocol, MessageBinder } from '../../../src/signalr/protocol/hub-protocol';
import type { ValueKind } from '../../../src/signalr/protocol/value-kinds';
import { JsonProtocol } from '../../../src/signalr/protocol/json-protocol';
import { MessagePackProtocol } from '../../../src/signalr/protocol/messagepack-protocol';

const LIMIT = 1000;
const METHODS: Readonly<Record<string, readonly ValueKind[]>> = {
  Json: ['json', 'json'],
  Text: ['string'],
  Raw: ['json', 'rawJson'],
};
const STREAMS: Readonly<Record<string, ValueKind>> = { json: 'json', raw: 'rawJson' };
const binder: MessageBinder = {
  findTarget: () => undefined,
  parameters: (target) => {
    const kinds = METHODS[target];
    return kinds && { kinds, required: kinds.length };
  },
  itemKind: (streamId) => STREAMS[streamId],
  resultKind: (invocationId) => STREAMS[invocationId],
};

/** A message in both encodings: as an object for JSON, as a list for MessagePack. */
interface Row {
  readonly json: object;
  readonly list: readonly unknown[];
}

const parsers: [string, (row: Row) => unknown][] = [
  ['json', ({ json }) => parse(new JsonProtocol(LIMIT), Buffer.from(JSON.stringify(json)))],
  ['messagepack', ({ list }) => parse(new MessagePackProtocol(LIMIT), Buffer.from(encode(list)))],
];

/** Behind other messages in one buffer, which count for nothing. */
function parse(protocol: HubProtocol, bytes: Buffer): unknown {
  const before = 3 * LIMIT;
  const buffer = Buffer.concat([Buffer.alloc(before), bytes]);
  return protocol.parse(buffer, before, buffer.length, binder);
}

function invocation(target: string, args: readonly unknown[], streamIds: readonly string[] = [], headers = {}): Row {
  return {
    json: { type: 1, headers, invocationId: 'i', target, arguments: args, streamIds },
    list: [1, headers, 'i', target, args, streamIds],
  };
}

const item = (id: string, value: unknown): Row => ({
  json: { type: 2, invocationId: id, item: value },
  list: [2, {}, id, value],
});

const result = (id: string, value: unknown): Row => ({
  json: { type: 3, invocationId: id, result: value },
  list: [3, {}, id, 3, value],
});

const LARGE_TEXT = 'x'.repeat(LIMIT + 1);
const LARGE_LIST = Array<number>(LIMIT).fill(0);
const LARGE_MAP = Object.fromEntries(LARGE_LIST.map((_, i) => [`k${i}`, 'v']));
const SMALL_TEXT = 'x'.repeat(LIMIT - 10);
const JSON_LIST = Array<number>(LIMIT / 2 - 10).fill(0);

function tooLarge(what: string): InvalidDataException {
  return new InvalidDataException(
    `${what} is larger than 1000 bytes, the most that is parsed. The size can be configured with the option maximumParsedSize.`,
  );
}

describe.each(parsers)('maximumParsedSize, in %s', (_, read) => {
  it.each([
    ['a string', invocation('Json', [LARGE_TEXT, 1]), 'argument 1'],
    ['a list', invocation('Json', [1, [LARGE_LIST, LARGE_LIST]]), 'argument 2'],
    ['a map', invocation('Json', [LARGE_MAP, LARGE_MAP]), /argument [12]/],
    ['an argument of another kind', invocation('Text', [LARGE_TEXT]), 'argument 1'],
    ['a parsed argument beside a raw one', invocation('Raw', [LARGE_MAP, 1]), 'argument 1'],
    ['stream ids', invocation('Json', [1, 2], [LARGE_TEXT]), "'streamIds'"],
  ])('fails only the call with %s that is too large', (_, row, what) => {
    const message = read(row) as { type: number; error: Error };
    expect(message).toMatchObject({ type: MESSAGE_TYPE.BindingFailure, invocationId: 'i' });
    expect(message.error.message).toMatch(what);
    expect(message.error.message).toContain('is larger than 1000 bytes, the most that is parsed');
  });

  it.each([
    ['arguments as large as may be', invocation('Json', [SMALL_TEXT, JSON_LIST]), [SMALL_TEXT, JSON_LIST]],
    [
      'a raw argument of any size',
      invocation('Raw', ['a', LARGE_LIST]),
      ['a', Buffer.from(JSON.stringify(LARGE_LIST))],
    ],
  ])('takes %s', (_, row, values) => {
    expect(read(row)).toMatchObject({ type: MESSAGE_TYPE.Invocation, arguments: values });
  });

  it('fails only the stream with an item that is too large', () => {
    expect(read(item('json', LARGE_MAP))).toMatchObject({
      type: MESSAGE_TYPE.StreamBindingFailure,
      invocationId: 'json',
      error: tooLarge("'item'"),
    });
    expect(read(item('raw', LARGE_LIST))).toMatchObject({ item: Buffer.from(JSON.stringify(LARGE_LIST)) });
  });

  it('ignores unread what nobody waits for', () => {
    expect(read(item('gone', LARGE_MAP))).toMatchObject({ type: MESSAGE_TYPE.StreamItem, invocationId: 'gone' });
    expect(read(result('gone', LARGE_MAP))).toMatchObject({ type: MESSAGE_TYPE.Completion, invocationId: 'gone' });
    expect(read(invocation('Unknown', [LARGE_MAP]))).toMatchObject({ type: MESSAGE_TYPE.BindingFailure });
  });

  it('makes an error of a result that is too large', () => {
    const { error } = read(result('json', LARGE_MAP)) as { error: string };
    expect(error).toMatch(
      /^Error trying to deserialize result to Json\. '(result|argument)' is larger than 1000 bytes/,
    );
  });

  it.each([
    ['a target', invocation(LARGE_TEXT, [])],
    ['an invocation id', { json: { type: 5, invocationId: LARGE_TEXT }, list: [5, {}, LARGE_TEXT] }],
    ['an error', { json: { type: 7, error: LARGE_TEXT }, list: [7, LARGE_TEXT, false] }],
    ['headers', { json: { type: 5, headers: LARGE_MAP, invocationId: 'i' }, list: [5, LARGE_MAP, 'i'] }],
  ])('ends the connection for %s that is too large', (_, row) => {
    expect(() => read(row)).toThrow('is larger than 1000 bytes, the most that is parsed');
  });
});

describe('maximumParsedSize, in json alone', () => {
  const read = (text: string): unknown => parse(new JsonProtocol(LIMIT), Buffer.from(text));
  const large = JSON.stringify(LARGE_LIST);

  it('fails only the call whose headers are too large', () => {
    expect(read(JSON.stringify(invocation('Json', [1, 2], [], LARGE_MAP).json))).toMatchObject({
      type: MESSAGE_TYPE.BindingFailure,
      error: tooLarge("'headers'"),
    });
  });

  it.each([
    [`{"type":6,"arguments":${large}}`, "'arguments'"],
    [`{"type":6,"item":${large}}`, "'item'"],
    [`{"type":6,"result":${large}}`, "'result'"],
    [`{"type":6,"x":${large}}`, 'what a message has besides its values'],
    [`{"type":6${',"x":1'.repeat(200)}}`, 'what a message has besides its values'],
    [`{"type":6${',"headers":{"a":"b"}'.repeat(80)}}`, 'what a message has besides its values'],
    [`{"type":1,"arguments":${large},"arguments":[],"target":"Json"}`, "'arguments'"],
    [`{"type":6${',"item":[1,2,3]'.repeat(200)}}`, 'what a message has besides its values'],
    [`{"type":6${',"arguments":[1,2,3]'.repeat(200)}}`, 'what a message has besides its values'],
  ])('ends the connection for what has no use and is too large: %.20s', (text, what) => {
    expect(() => read(text)).toThrow(tooLarge(what));
  });

  it.each([
    ['target', `{"type":1,"target":"${LARGE_TEXT}","arguments":[]}`],
    ['invocationId', `{"type":5,"invocationId":"${LARGE_TEXT}"}`],
    ['error', `{"type":7,"error":"${LARGE_TEXT}"}`],
    ['item', `{"type":2,"invocationId":"json","item":${large},"item":1}`],
    ['result', `{"type":3,"invocationId":"json","result":${large},"result":1}`],
  ])('names the property %s that is too large', (name, text) => {
    expect(() => read(text)).toThrow(tooLarge(`'${name}'`));
  });

  it.each([
    ...['"type":6', '"invocationId":"i"', '"target":"t"', '"error":"e"', '"headers":{"a":"b"}', '"streamIds":["s"]'],
    ...['"allowReconnect":true', '"sequenceId":1', '"x":1'],
  ])('counts %s each time it is given', (property) => {
    expect(() => read(`{${`${property},`.repeat(200)}"type":6}`)).toThrow(
      tooLarge('what a message has besides its values'),
    );
  });

  it('takes what is just as large as may be', () => {
    const text = (length: number) => 'x'.repeat(length - 2);
    const filled = (size: number) => `{"type":6,"x":"${'x'.repeat(size - '"type":6"x":""'.length)}"}`;
    expect(read(filled(LIMIT))).toEqual({ type: 6 });
    expect(() => read(filled(LIMIT + 1))).toThrow(tooLarge('what a message has besides its values'));
    expect(read(`{"type":1,"target":"Text","arguments":["${text(LIMIT)}"]}`)).toMatchObject({ type: 1 });
    expect(read(`{"type":1,"target":"Text","arguments":["${text(LIMIT + 1)}"]}`)).toMatchObject({
      error: tooLarge('argument 1'),
    });
    expect(read(`{"type":2,"invocationId":"json","item":"${text(LIMIT)}"}`)).toMatchObject({ type: 2 });
    expect(read(`{"type":6,"arguments":[${' '.repeat(LIMIT - 2)}]}`)).toEqual({ type: 6 });
  });

  it('takes a raw result of any size', () => {
    expect(read(`{"type":3,"invocationId":"raw","result":${large}}`)).toMatchObject({ result: Buffer.from(large) });
  });

  it('leaves unread the arguments of an unknown method that are too large', () => {
    expect(read(`{"type":1,"target":"Unknown","arguments":[nope,${large}]}`)).toMatchObject({
      type: MESSAGE_TYPE.BindingFailure,
    });
  });

  it('takes an error for an error, whatever the size of the result beside it', () => {
    const answer = read(`{"type":3,"invocationId":"json","error":"e","result":${large}}`);
    expect(answer).toMatchObject({ type: 3, error: 'e' });
  });
});
