import { InvalidDataException } from '../../../src/signalr/exceptions';
import { MESSAGE_TYPE } from '../../../src/signalr/protocol/hub-messages';
import { parseBody, parseEncoded } from './support/messagepack-bodies';

const WRONG_TYPES =
  'Error binding arguments. Make sure that the types of the provided values match the types of the hub method being invoked.';

describe('MessagePackProtocol › parse', () => {
  it.each([
    [
      'an id of 31 bytes and more',
      [1, {}, 'i'.repeat(300), 'None', [], []],
      { type: 1, invocationId: 'i'.repeat(300) },
    ],
    ['an empty id as none', [1, {}, '', 'None', [], []], { type: 1, invocationId: undefined }],
    ['an invocation without stream ids', [1, {}, 'a', 'None', []], { type: 1, streamIds: undefined }],
    ['an invocation with one item more', [1, {}, 'a', 'None', [], ['s'], 1], { type: 1, streamIds: ['s'] }],
    ['a stream invocation without stream ids', [4, {}, 'a', 'Two', [1, 'x']], { type: 4, arguments: [1, 'x'] }],
    ['headers', [5, { a: 'b', __proto__x: 'c' }, 'a'], { type: 5, headers: { a: 'b', __proto__x: 'c' } }],
    ['an item', [2, {}, 'json', { a: [1] }], { type: 2, invocationId: 'json', item: { a: [1] } }],
    ['a raw item', [2, {}, 'raw', { a: [1] }], { type: 2, invocationId: 'raw', item: Buffer.from('{"a":[1]}') }],
    ['an item for a stream that is not there', [2, {}, 'no', 1], { type: 2, invocationId: 'no', item: undefined }],
    ['a result', [3, {}, 'json', 3, null], { type: 3, invocationId: 'json', result: null }],
    ['a result nobody waits for', [3, {}, 'no', 3, [[{}]]], { type: 3, invocationId: 'no' }],
    ['an error that is nil', [3, {}, 'json', 1, null], { type: 3, invocationId: 'json', error: '' }],
    ['an empty target of an error', [3, {}, 'json', 1, ''], { type: 3, invocationId: 'json', error: '' }],
    ['a close of two items', [7, 'e'], { type: 7, error: 'e', allowReconnect: false }],
    ['an empty error as one', [7, '', true], { type: 7, error: '', allowReconnect: true }],
    ['a ping with items', [6, 1, 2], { type: 6 }],
    ['a great sequence id', [8, BigInt(Number.MAX_SAFE_INTEGER)], { type: 8, sequenceId: Number.MAX_SAFE_INTEGER }],
  ])('reads %s', (_, body, expected) => {
    expect(parseEncoded(body)).toMatchObject(expected);
  });

  it('reads the type of a message in every integer format', () => {
    for (const type of ['06', 'cc06', 'cd0006', 'ce00000006', 'cf0000000000000006', 'd006', 'd10006', 'd200000006']) {
      expect(parseBody(Buffer.from(`91${type}`, 'hex'))).toEqual({ type: 6 });
    }
  });

  it.each([0, -1, 10, 127, 128, 0x7fffffff, -0x80000000])('ignores the unknown type %d', (type) => {
    // 0 and -1 are used for internal messages and are unknown on the wire like any other.
    expect(parseEncoded([type, {}, 'x'])).toBeUndefined();
  });

  it.each([
    ['no bytes', '', "Reading array length for 'message' failed."],
    ['a map', '8106c0', "Reading array length for 'message' failed."],
    ['a byte that begins nothing', 'c1', "Reading array length for 'message' failed."],
    ['an array with more items than bytes', 'dd7fffffff06', "Reading array length for 'message' failed."],
    ['an empty array', '90', "Reading 'messageType' as Int32 failed."],
    ['a type of 64 bits', '91cf0000000100000000', "Reading 'messageType' as Int32 failed."],
    ['a type that is a float', '91cb4018000000000000', "Reading 'messageType' as Int32 failed."],
    ['headers that are nil', '9305c0a178', "Reading map length for 'headers' failed."],
    ['headers with more pairs than bytes', '9305df7fffffffa178', "Reading map length for 'headers' failed."],
    ['a header that is nil', '930581a178c0', 'Null or empty value in header.'],
    ['an id that is not UTF-8', '930580a1ff', "Reading 'invocationId' as String failed."],
    ['an id that is longer than the message', '930580db7fffffff', "Reading 'invocationId' as String failed."],
    ['an id that is binary', '930580c40178', "Reading 'invocationId' as String failed."],
    ['a target with half a surrogate pair', '950180c0a3eda080', "Reading 'target' as String failed."],
    ['a target that is nil', '950180c0c090', 'Null or empty target for Invocation message.'],
    ['stream ids that are nil', '960180c0a44e6f6e6590c0', "Reading array length for 'streamIds' failed."],
    ['a stream id that is an integer', '960180c0a44e6f6e65909101', "Reading 'streamIds' as String failed."],
    ['a close without an error', '9107', "Reading 'error' as String failed."],
    ['a close that says who may reconnect with a number', '9307c001', "Reading 'allowReconnect' as Boolean failed."],
    ['a sequence id below zero', '9208ff', "Reading 'sequenceId' as Int64 failed."],
    ['a sequence id past 2^53', '9208cf0020000000000000', "Reading 'sequenceId' as Int64 failed."],
    ['a broken result that nobody waits for', '950380a26e6f0392c0', 'error reading MessagePack'],
  ])('refuses %s', (_, hex, message) => {
    expect(() => parseBody(Buffer.from(hex, 'hex'))).toThrow(new InvalidDataException(message));
  });
});

describe('MessagePackProtocol › binding', () => {
  const invocation = (target: string, ...args: unknown[]): unknown => parseEncoded([1, {}, '42', target, args, []]);

  it.each([
    ['Two', [1.5, 'x']],
    ['Flag', [false]],
    ['Few', [1]],
    ['Few', [1, Buffer.from('"x"')]],
    ['Few', [1, Buffer.from('[2]'), [2]]],
  ])('hands %s the arguments %j', (target, values) => {
    const sent = values.map((value) => (Buffer.isBuffer(value) ? (JSON.parse(value.toString()) as unknown) : value));
    expect(invocation(target, ...sent)).toMatchObject({ type: 1, arguments: values });
  });

  it.each([
    ['Two', [], 'Invocation provides 0 argument(s) but target expects 2.'],
    ['Two', [1, '', {}], 'Invocation provides 3 argument(s) but target expects 2.'],
    ['None', Array(200).fill(1), 'Invocation provides 200 argument(s) but target expects 0.'],
    ['Few', [], 'Invocation provides 0 argument(s) but target expects 1 to 3.'],
    ['Few', [1, 2, 3, 4], 'Invocation provides 4 argument(s) but target expects 1 to 3.'],
    ['Two', ['abc', 'xyz'], WRONG_TYPES],
    ['Two', [2n ** 60n, 'xyz'], WRONG_TYPES],
    ['Two', [1, null], WRONG_TYPES],
    ['Two', [1, ['x']], WRONG_TYPES],
    ['Flag', [0], WRONG_TYPES],
  ])('fails only the call of %s with %p', (target, args: unknown[], message) => {
    expect(invocation(target, ...args)).toEqual({
      type: MESSAGE_TYPE.BindingFailure,
      invocationId: '42',
      target,
      error: new InvalidDataException(message),
    });
  });

  it.each([
    ['an argument that is cut off', '950180a23432a654617267657491dc0002c0'],
    ['an argument that is nothing', '950180a23432a654617267657491c1'],
    ['a string argument that is cut off', '950180a23432a654617267657491d920'],
  ])('fails only the call with %s', (_, hex) => {
    expect(parseBody(Buffer.from(hex, 'hex'))).toMatchObject({
      type: MESSAGE_TYPE.BindingFailure,
      invocationId: '42',
      error: new InvalidDataException(WRONG_TYPES),
    });
  });

  it('fails only the call of an unknown method, and of an unknown stream method', () => {
    const failure = { type: MESSAGE_TYPE.BindingFailure, invocationId: '42', target: 'foo', error: undefined };
    expect(invocation('foo', 1)).toEqual(failure);
    expect(parseEncoded([4, {}, '42', 'foo', [1], []])).toEqual(failure);
  });

  it.each([
    ['an item of another type', [2, {}, 'text', 42], "Deserializing object of the `String` type for 'item' failed."],
    ['a raw item without a JSON form', [2, {}, 'raw', [NaN]], 'at [0]: NaN has no JSON form'],
  ])('fails only the stream for %s', (_, body, message) => {
    const [, , invocationId] = body;
    expect(parseEncoded(body)).toEqual({
      type: MESSAGE_TYPE.StreamBindingFailure,
      invocationId,
      error: new InvalidDataException(message),
    });
  });

  it('makes an error of a result of another type', () => {
    const error =
      "Error trying to deserialize result to String. Deserializing object of the `String` type for 'argument' failed.";
    expect(parseEncoded([3, {}, 'text', 3, 42])).toEqual({ type: 3, invocationId: 'text', error });
  });
});
