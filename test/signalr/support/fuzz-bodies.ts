import { encode, ExtData } from '@msgpack/msgpack';

const values: readonly unknown[] = [
  null,
  true,
  -1.5,
  1_618_133_869_000,
  'text',
  'ü\u2028"\\\n',
  'x'.repeat(40),
  [],
  {},
  [1, [2, [3, [4]]]],
  { id: 'Alert', timestamp: 1618133869, value: 'Help', tags: { capacity: 'over', '': 'ü' } },
];

/** One message of every type and shape that a client may send, as JSON values. */
const messages: readonly Readonly<Record<string, unknown>>[] = [
  ...values.flatMap((value) => [
    { type: 1, invocationId: '1', target: 'Echo', arguments: [value] },
    { type: 1, target: 'raw', arguments: ['a', value] },
    { type: 2, invocationId: 's', item: value },
    { type: 2, invocationId: 'r', item: value },
    { type: 3, invocationId: 's', result: value },
  ]),
  { type: 1, invocationId: '2', target: 'Later', arguments: ['x'], headers: { a: 'b', c: 'd' } },
  { type: 1, invocationId: '3', target: 'Typed', arguments: ['x', 1] },
  { type: 1, invocationId: '3', target: 'Typed', arguments: ['x', 1, true] },
  { type: 1, invocationId: '4', target: 'Upload', arguments: ['x'], streamIds: ['s'] },
  { type: 1, invocationId: '5', target: 'UploadRaw', arguments: [], streamIds: ['r'] },
  { type: 4, invocationId: '6', target: 'Count', arguments: [3] },
  { type: 4, invocationId: '7', target: 'Count', arguments: [1], streamIds: ['t'] },
  { type: 1, invocationId: '8', target: 'Count', arguments: [1] },
  { type: 1, invocationId: '9', target: 'Unknown', arguments: [1] },
  { type: 3, invocationId: 's' },
  { type: 3, invocationId: 'r', error: 'Whoops!' },
  { type: 5, invocationId: '6' },
  { type: 6 },
  { type: 7, error: 'Goodbye' },
  { type: 8, sequenceId: 1 },
  { type: 9, sequenceId: 1 },
  { type: 10, x: 1 },
];

/** Valid messages in JSON, without their separators. */
export const jsonBodies: readonly Buffer[] = messages.map((message) => Buffer.from(JSON.stringify(message)));

/** Valid messages in MessagePack, without their lengths. */
export const messagePackBodies: readonly Buffer[] = [
  ...messages.map((message) => fields(message)),
  [1, {}, '1', 'Echo', [2n ** 63n], []],
  [1, {}, '1', 'Echo', [new Date(1_500_000_000_123), new Uint8Array(3), new ExtData(5, new Uint8Array(1))]],
  [1, {}, null, 'Raw', ['a', [new Date(-1), -(2n ** 62n), new Uint8Array(40)]], []],
].map((body) => Buffer.from(encode(body, { useBigInt64: true })));

/** The fields of a message in MessagePack's order. */
function fields(message: Readonly<Record<string, unknown>>): unknown[] {
  const { type, headers = {}, invocationId = null, target, arguments: values, streamIds = [] } = message;
  switch (type) {
    case 1:
    case 4:
      return [type, headers, invocationId, target, values, streamIds];
    case 2:
      return [type, headers, invocationId, message['item']];
    case 3:
      if ('error' in message) return [type, headers, invocationId, 1, message['error']];
      return 'result' in message
        ? [type, headers, invocationId, 3, message['result']]
        : [type, headers, invocationId, 2];
    case 5:
      return [type, headers, invocationId];
    case 7:
      return [type, message['error'], false];
    case 8:
    case 9:
      return [type, message['sequenceId']];
    default:
      return [type];
  }
}
