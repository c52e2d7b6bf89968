import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidDataException } from '../../../src/signalr/exceptions';
import type { HubProtocol, MessageBinder } from '../../../src/signalr/protocol/hub-protocol';
import type { ValueKind } from '../../../src/signalr/protocol/value-kinds';
import { JsonProtocol } from '../../../src/signalr/protocol/json-protocol';
import { type HubMessage, MESSAGE_TYPE, type ServerMessage } from '../../../src/signalr/protocol/hub-messages';
import { MessagePackProtocol } from '../../../src/signalr/protocol/messagepack-protocol';
import { type CustomObject, vectorMessage } from './support/vector-message';

interface JsonVector {
  readonly name: string;
  readonly message: string;
  readonly camelCase: boolean;
  readonly ignoreNull: boolean;
  readonly json: string;
}

/** The vectors of ASP.NET Core's own protocol tests, MIT licensed. */
interface Vectors {
  readonly messagepack: readonly { readonly name: string; readonly message: string; readonly bodyBase64: string }[];
  readonly json: readonly JsonVector[];
  readonly jsonOutOfOrder: readonly JsonVector[];
  readonly jsonInvalid: readonly { readonly json: string; readonly error: string }[];
  readonly messagepackInvalid: readonly { readonly name: string; readonly bodyHex: string; readonly error: string }[];
}

const FILE = join(__dirname, 'fixtures', 'aspnetcore-vectors.json');
const vectors = JSON.parse(readFileSync(FILE, 'utf8')) as Vectors;

/** The binder of ASP.NET Core's tests: every method takes the vector's arguments. */
function binderOf(kinds: readonly ValueKind[], fewest: number, value: ValueKind): MessageBinder {
  return {
    findTarget: () => undefined,
    parameters: () => ({ kinds, required: fewest }),
    itemKind: () => value,
    resultKind: () => value,
  };
}

const anything = binderOf(['json', 'json', 'json'], 0, 'json');

function parse(protocol: HubProtocol, body: Buffer, binder: MessageBinder): HubMessage | undefined {
  // As in a buffer with something before and after the message.
  const glued = Buffer.concat([Buffer.from([0x93, 0xc0]), body, Buffer.from([0x93, 0xc0])]);
  return protocol.parse(glued, 2, 2 + body.length, binder);
}

/** Why a message was rejected, and whether that ends the connection. */
function failureOf(read: () => HubMessage | undefined): { type: number | 'thrown'; error: string | undefined } {
  try {
    const message = read();
    if (message?.type === MESSAGE_TYPE.BindingFailure || message?.type === MESSAGE_TYPE.StreamBindingFailure) {
      return { type: message.type, error: message.error?.message };
    }
    if (message?.type === MESSAGE_TYPE.Completion) return { type: message.type, error: message.error };
    throw new Error('The message was taken.');
  } catch (error) {
    if (!(error instanceof InvalidDataException)) throw error;
    return { type: 'thrown', error: error.message };
  }
}

function isWritten(message: HubMessage): message is ServerMessage {
  return message.type !== MESSAGE_TYPE.StreamInvocation;
}

describe('JsonProtocol with the vectors of ASP.NET Core', () => {
  const json = new JsonProtocol();

  const customObject = ({ camelCase, ignoreNull }: JsonVector): CustomObject => {
    const properties: [string, unknown][] = [
      ['StringProp', 'SignalR!'],
      ['DoubleProp', 6.2831853071],
      ['IntProp', 42],
      ['DateTimeProp', '2017-04-11T00:00:00Z'],
      ...(ignoreNull ? [] : [['NullProp', null] as [string, unknown]]),
      ['ByteArrProp', 'AQID'],
    ];
    const named = (name: string): string => (camelCase ? name.charAt(0).toLowerCase() + name.slice(1) : name);
    return Object.fromEntries(properties.map(([name, value]) => [named(name), value]));
  };
  const expected = (vector: JsonVector): HubMessage => vectorMessage(vector.message, customObject(vector));
  const undefinedIfFalse = (message: HubMessage | undefined): unknown =>
    message?.type === MESSAGE_TYPE.Close ? { ...message, allowReconnect: message.allowReconnect ?? false } : message;

  it.each([...vectors.json, ...vectors.jsonOutOfOrder])('reads $name $json', (vector) => {
    expect(undefinedIfFalse(parse(json, Buffer.from(vector.json), anything))).toEqual(expected(vector));
  });

  it.each(vectors.json)('writes $name $json', (vector) => {
    const message = expected(vector);
    if (isWritten(message)) expect(json.write(message)).toBe(`${vector.json}\x1e`);
    else expect(message.type).toBe(MESSAGE_TYPE.StreamInvocation);
  });

  // ASP.NET Core closes the connection of a client that answers with both. It has failed, and that is all.
  const bothAtOnce = vectors.jsonInvalid.filter(({ error }) => error.includes('mutually exclusive'));

  it.each(bothAtOnce)('takes $json for an error', ({ json: text }) => {
    expect(parse(json, Buffer.from(text), anything)).toMatchObject({ type: MESSAGE_TYPE.Completion, error: 'foo' });
  });

  it.each(vectors.jsonInvalid.filter((vector) => !bothAtOnce.includes(vector)))(
    'refuses $json',
    ({ json: text, error }) => {
      const ofArguments = /^Invocation provides|^Error binding/.test(error);
      expect(failureOf(() => parse(json, Buffer.from(text), binderOf(['number', 'string'], 2, 'json')))).toEqual({
        type: ofArguments ? MESSAGE_TYPE.BindingFailure : 'thrown',
        error,
      });
    },
  );
});

describe('MessagePackProtocol with the vectors of ASP.NET Core', () => {
  const messagePack = new MessagePackProtocol();

  const customObject: CustomObject = {
    StringProp: 'SignalR!',
    DoubleProp: 6.2831853071,
    IntProp: 42,
    DateTimeProp: new Date('2017-04-11T00:00:00Z'),
    NullProp: null,
    ByteArrProp: new Uint8Array([1, 2, 3]),
  };

  it.each(vectors.messagepack)('reads $name', ({ message, bodyBase64 }) => {
    const read = parse(messagePack, Buffer.from(bodyBase64, 'base64'), anything);
    expect(read).toEqual(vectorMessage(message, customObject));
  });

  it.each(vectors.messagepack)('writes $name', ({ message, bodyBase64 }) => {
    const expected = vectorMessage(message, customObject);
    if (!isWritten(expected)) {
      expect(expected.type).toBe(MESSAGE_TYPE.StreamInvocation);
      return;
    }
    // A JavaScript number that is an integer is written as one, not as a 32-bit float.
    const body = Buffer.from(bodyBase64, 'base64').toString('hex').replace('ca42280000', '2a');
    const written = messagePack.write(expected);
    const [, prefix = -1] = /^(..)/.exec(written.toString('hex')) ?? [];
    const longPrefix = parseInt(String(prefix), 16) >= 0x80;
    expect(written.subarray(longPrefix ? 2 : 1).toString('hex')).toBe(body);
  });

  const outcomes: readonly [RegExp, number | 'thrown', string][] = [
    [/arguments|argument\(s\)/, MESSAGE_TYPE.BindingFailure, ''],
    [/'item'/, MESSAGE_TYPE.StreamBindingFailure, ''],
    [/'argument'/, MESSAGE_TYPE.Completion, 'Error trying to deserialize result to String. '],
    [/^/, 'thrown', ''],
  ];

  it.each(vectors.messagepackInvalid)('refuses $name', ({ bodyHex, error }) => {
    const [, type, prefix] = outcomes.find(([pattern]) => pattern.test(error))!;
    const read = (): HubMessage | undefined =>
      parse(messagePack, Buffer.from(bodyHex, 'hex'), binderOf(['string'], 1, 'string'));
    expect(failureOf(read)).toEqual({ type, error: prefix + error });
  });
});

it('runs all 202 vectors', () => {
  const { json, jsonOutOfOrder, jsonInvalid, messagepack, messagepackInvalid } = vectors;
  expect([json, jsonOutOfOrder, jsonInvalid, messagepack, messagepackInvalid].map(({ length }) => length)).toEqual([
    55, 6, 38, 53, 50,
  ]);
});
