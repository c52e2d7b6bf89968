import { ExtData } from '@msgpack/msgpack';
import {
  Decimal,
  defineHub,
  ExactDate,
  type HubContext,
  HubException,
  method,
  RawJson,
  streamMethod,
} from '../../../src/signalr';
import { BinaryClient } from '../support/binary-client';
import { type RunningHub, useHubs } from '../support/hub-servers';

const hubs = useHubs();

class Point {
  constructor(
    readonly x: number,
    readonly y: number,
  ) {}

  get length(): number {
    return Math.hypot(this.x, this.y);
  }
}

class Secretive {
  readonly #value = 1;

  get value(): number {
    return this.#value;
  }
}

const circularMap = new Map<string, unknown>();
circularMap.set('me', [circularMap]);

const TICKS = new ExactDate(1234567890123456700n);

/** What can be sent: the value, its JSON, and what MessagePack makes of it, if that is not the same as JSON. */
const WRITABLE: Readonly<Record<string, readonly [value: unknown, json: string, messagePack?: unknown]>> = {
  'a bigint': [9007199254740993n, '9007199254740993', 9007199254740993n],
  'the greatest long': [9223372036854775807n, '9223372036854775807', 9223372036854775807n],
  'bigints deep inside': [
    { a: [1n, -9007199254740993n] },
    '{"a":[1,-9007199254740993]}',
    { a: [1, -9007199254740993n] },
  ],
  'a RawJson': [new RawJson('{"a":1.10}'), '{"a":1.10}', { a: 1.1 }],
  'a Decimal': [new Decimal('1.10'), '1.10', '1.10'],
  'decimals deep inside': [{ a: [new Decimal('-0.00'), 1] }, '{"a":[-0.00,1]}', { a: ['-0.00', 1] }],
  bytes: [new Uint8Array([0, 255, 10]), '"AP8K"', new Uint8Array([0, 255, 10])],
  'a Buffer in an object': [{ a: Buffer.from('abc') }, '{"a":"YWJj"}', { a: new Uint8Array(Buffer.from('abc')) }],
  'a piece of bytes': [new Uint8Array([1, 2, 3, 4]).subarray(1, 3), '"AgM="', new Uint8Array([2, 3])],
  memory: [new Uint8Array([1, 2]).buffer, '"AQI="', new Uint8Array([1, 2])],
  'numbers in an array of floats': [new Float64Array([1.5, -2]), '[1.5,-2]'],
  'long integers in an array': [new BigInt64Array([2n ** 62n]), '[4611686018427387904]', [4611686018427387904n]],
  'a date': [new Date(1234567890123), '"2009-02-13T23:31:30.123Z"', new Date(1234567890123)],
  'a date to the tick': [TICKS, '"2009-02-13T23:31:30.123456700Z"'],
  'a date to the tick in an array': [[TICKS, 1n], '["2009-02-13T23:31:30.123456700Z",1]'],
  'a date before the epoch': [new ExactDate(-1n), '"1969-12-31T23:59:59.999999999Z"', new Date(0)],
  'a Map': [
    new Map<string, unknown>([
      ['a', 1],
      ['b', [2n ** 53n]],
    ]),
    '{"a":1,"b":[9007199254740992]}',
    { a: 1, b: [9007199254740992n] },
  ],
  'a Map of numbers': [
    new Map([
      [1, 'a'],
      [-2, 'b'],
    ]),
    '{"1":"a","-2":"b"}',
    { 1: 'a', '-2': 'b' },
  ],
  'a Map of bigints': [new Map([[1n, 'a']]), '{"1":"a"}', { 1: 'a' }],
  'an empty Map': [new Map(), '{}', {}],
  'a Set': [new Set([1, 'a', null]), '[1,"a",null]'],
  'Maps and Sets inside each other': [{ a: new Set([new Map([['b', new Set()]])]) }, '{"a":[{"b":[]}]}'],
  'an object of a class': [new Point(3, 4), '{"x":3,"y":4}'],
  'an object without a class': [Object.assign(Object.create(null) as object, { a: 1 }), '{"a":1}'],
  'an empty object': [{}, '{}'],
  'a property that is undefined': [{ a: undefined, b: 1 }, '{"b":1}'],
  'what writes itself': [{ toJSON: () => ({ at: 1n }) }, '{"at":1}', { at: 1 }],
  texts: [['ü\u2028😀\u001e"\\', ''], '["ü\u2028😀\\u001e\\"\\\\",""]', ['ü\u2028😀\u001e"\\', '']],
  'a value nested deeper than most': [JSON.parse('['.repeat(100) + ']'.repeat(100)), '['.repeat(100) + ']'.repeat(100)],
};

/** What cannot be sent: the value, and why. `#` stands for the encoding. */
const UNWRITABLE: Readonly<Record<string, readonly [value: unknown, reason: string]>> = {
  'a function': [() => 1, 'a function has no # form'],
  'a method of an object': [{ a: { run: () => 1 } }, 'at ["a"]["run"]: a function has no # form'],
  'a symbol in an array': [[1, Symbol('x')], 'at [1]: a symbol has no # form'],
  'undefined in an array': [{ a: [1, undefined] }, 'at ["a"][1]: undefined has no # form'],
  'an array with a hole': [[1, , 2], 'at [1]: undefined has no # form'], // eslint-disable-line no-sparse-arrays
  'an invalid date': [{ at: new Date(NaN) }, 'at ["at"]: an invalid Date has no # form'],
  'a lone surrogate': [['a\ud800'], 'at [0]: a string with a lone surrogate has no # form'],
  'an Error': [new RangeError('no'), 'an Error has no # form'],
  'an Error with a code': [[Object.assign(new Error('no'), { code: 7 })], 'at [0]: an Error has no # form'],
  'a promise in an object': [{ later: Promise.resolve(1) }, 'at ["later"]: a Promise has no # form'],
  'an expression': [[/a/], 'at [0]: an object of the class RegExp, which has no properties of its own, has no # form'],
  'a weak map': [new WeakMap(), 'an object of the class WeakMap, which has no properties of its own, has no # form'],
  'an object with a secret': [
    new Secretive(),
    'an object of the class Secretive, which has no properties of its own, has no # form',
  ],
  'search parameters': [
    { query: new URLSearchParams('a=1') },
    'at ["query"]: an object of the class URLSearchParams, which has no properties of its own, has no # form',
  ],
  'a Map of objects': [new Map([[{}, 1]]), 'a Map with keys that are neither strings nor numbers has no # form'],
  'an Error in a Map': [new Map([['a', new Error('x')]]), 'at ["a"]: an Error has no # form'],
};

/** Unwritable in JSON alone. */
const NOT_JSON: Readonly<Record<string, readonly [value: unknown, reason: string]>> = {
  NaN: [NaN, 'NaN has no JSON form'],
  infinity: [{ a: [1, -Infinity] }, 'at ["a"][1]: -Infinity has no JSON form'],
  'NaN in an array of floats': [new Float32Array([NaN]), 'at [0]: NaN has no JSON form'],
  'a name with a lone surrogate': [{ '\udfff': 1 }, 'a name with a lone surrogate has no JSON form'],
  'an extension': [new ExtData(5, new Uint8Array(1)), 'a MessagePack extension has no JSON form'],
  'a Map whose keys become one': [
    new Map<unknown, number>([
      [1, 1],
      ['1', 2],
    ]),
    'a Map with two keys "1" has no JSON form',
  ],
  'a Map that holds itself': [circularMap, 'at ["me"][0]: a value that contains itself has no JSON form'],
};

/** Unwritable in MessagePack alone. */
const NOT_MESSAGEPACK: Readonly<Record<string, readonly [value: unknown, reason: string]>> = {
  'an integer of 65 bits': [[2n ** 64n], 'at [0]: a bigint of more than 64 bits has no MessagePack form'],
  'a name with a lone surrogate': [{ '\udfff': 1 }, 'a key with a lone surrogate has no MessagePack form'],
};

const values = new Map<string, unknown>(
  [WRITABLE, UNWRITABLE, NOT_JSON, NOT_MESSAGEPACK].flatMap((table) =>
    Object.entries(table).map(([name, [value]]): [string, unknown] => [name, value]),
  ),
);

const hub = defineHub({
  Give: method(['string'], (_: HubContext, name) => values.get(name)),
  Stream: streamMethod(['string'], function* (_: HubContext, name) {
    yield values.get(name);
  }),
  Send: method(['string'], ({ clients }: HubContext, name) => {
    void clients.all.send('News', values.get(name), undefined);
  }),
  Ask: method(['string'], ({ caller }: HubContext, name) => caller.invoke('Answer', values.get(name))),
});

const rowsOf = (...tables: Readonly<Record<string, readonly [unknown, string]>>[]): [string, string][] =>
  tables.flatMap((table) => Object.entries(table).map(([name, [, reason]]): [string, string] => [name, reason]));

describe('a value for a client of JSON', () => {
  it.each(Object.entries(WRITABLE))('is written with all that it is: %s', async (name, [, json]) => {
    const client = await (await hubs.run(hub, {})).connect();
    client.send(`{"type":1,"invocationId":"i","target":"Give","arguments":["${name}"]}`);
    expect(await client.next()).toBe(`{"type":3,"invocationId":"i","result":${json}}`);
    client.send(`{"type":4,"invocationId":"s","target":"Stream","arguments":["${name}"]}`);
    expect(await client.next()).toBe(`{"type":2,"invocationId":"s","item":${json}}`);
    expect(await client.next()).toBe('{"type":3,"invocationId":"s"}');
    client.send(`{"type":1,"target":"Send","arguments":["${name}"]}`);
    expect(await client.next()).toBe(`{"type":1,"target":"News","arguments":[${json},null]}`);
  });

  it.each(rowsOf(UNWRITABLE, NOT_JSON))('is the error of its sender, who is told: %s', async (name, reason) => {
    const running = await hubs.run(hub, { detailedErrors: true });
    const client = await running.connect();
    const text = reason.replace('#', 'JSON');
    const unexpected = (target: string) =>
      `An unexpected error occurred invoking '${target}' on the server. TypeError: `;
    expect(await client.invoke('Give', name)).toMatchObject({ error: unexpected('Give') + text });
    const behind = text.startsWith('at ') ? text.replace('at ', 'at [0]') : `at [0]: ${text}`;
    expect(await client.invoke('Send', name)).toMatchObject({ error: unexpected('Send') + behind });
    expect(await client.invoke('Ask', name)).toMatchObject({ error: unexpected('Ask') + behind });
    client.send(`{"type":4,"invocationId":"s","target":"Stream","arguments":["${name}"]}`);
    const failed = 'An error occurred on the server while streaming results. TypeError: ';
    expect(await client.nextMessage()).toEqual({ type: 3, invocationId: 's', error: failed + text });
    expect(running.log.takeErrors()).toHaveLength(4);
  });

  it('is undefined where there is none, which is null for the client', async () => {
    const client = await (await hubs.run(hub, {})).connect();
    client.send('{"type":1,"invocationId":"i","target":"Give","arguments":["nothing"]}');
    expect(await client.next()).toBe('{"type":3,"invocationId":"i","result":null}');
  });
});

describe('a value for a client of MessagePack', () => {
  let running: RunningHub<undefined>;
  let client: BinaryClient;

  beforeEach(async () => {
    running = await hubs.run(hub, { detailedErrors: true });
    client = await BinaryClient.connect(running.url);
  });

  it.each(Object.entries(WRITABLE))('is written with all that it is: %s', async (name, [value, json, messagePack]) => {
    // The client's library knows milliseconds, so its other digits are read from the bytes.
    const expected: unknown = messagePack ?? (json.startsWith('"') ? value : JSON.parse(json));
    client.send([1, {}, 'i', 'Give', [name], []]);
    const [, , , , result] = (await client.next()) as unknown[];
    if (!name.includes('tick in')) expect(result).toEqual(expected);
    client.send([4, {}, 's', 'Stream', [name], []]);
    expect((await client.next()) as unknown[]).toEqual([2, {}, 's', result]);
    expect(await client.next()).toEqual([3, {}, 's', 2]);
    client.send([1, {}, null, 'Send', [name], []]);
    expect(await client.next()).toEqual([1, {}, null, 'News', [result, null], []]);
    client.socket.close(1000);
    await client.closed;
  });

  it.each(rowsOf(UNWRITABLE, NOT_MESSAGEPACK))('is the error of its sender, who is told: %s', async (name, reason) => {
    const text = reason.replace('#', 'MessagePack');
    const unexpected = "An unexpected error occurred invoking 'Give' on the server. TypeError: ";
    client.send([1, {}, 'i', 'Give', [name], []]);
    expect(await client.next()).toEqual([3, {}, 'i', 1, unexpected + text]);
    expect(running.log.takeErrors()).toEqual(['hub method failed']);
    client.socket.close(1000);
    await client.closed;
  });

  it.each(['NaN', 'infinity'])('may be %s, which JSON has not', async (name) => {
    client.send([1, {}, 'i', 'Give', [name], []]);
    expect(await client.next()).toEqual([3, {}, 'i', 3, values.get(name)]);
    client.socket.close(1000);
    await client.closed;
  });

  it.each<[string, bigint, string]>([
    ['to the tick', 1234567890123456700n, 'd7ff1d6f32f0499602d2'],
    ['to the nanosecond', 1234567890000000001n, 'd7ff00000004499602d2'],
    ['before the epoch', -1n, 'c70cff3b9ac9ffffffffffffffffff'],
    ['of whole seconds', 1234567890000000000n, 'd6ff499602d2'],
  ])('is a date %s', async (_, nanoseconds, hex) => {
    const echo = defineHub({
      Echo: method(['date'], (__, date) => date),
      Give: method([], () => new ExactDate(nanoseconds)),
    });
    const { url } = await hubs.run(echo, {});
    for (const [target, args] of [
      ['Give', '90'],
      ['Echo', `91${hex}`],
    ] as const) {
      const peer = await BinaryClient.connect(url);
      const answer = new Promise<Buffer>((resolve) => peer.socket.once('message', resolve));
      await answer.catch(() => undefined);
      const heard = new Promise<Buffer>((resolve) => peer.socket.once('message', resolve));
      const body = Buffer.from(`960180a169a4${Buffer.from(target).toString('hex')}${args}90`, 'hex');
      peer.socket.send(Buffer.concat([Buffer.of(body.length), body]));
      expect((await heard).toString('hex')).toContain(`950380a16903${hex}`);
      peer.socket.close(1000);
      await peer.closed;
    }
  });
});

describe('an error of a hub method', () => {
  class InvalidOperationException extends Error {}
  class Refusal extends HubException {}
  class Named extends Error {
    override readonly name = 'E_NAMED';
  }
  class Failure extends TypeError {}
  const errors: Readonly<Record<string, Error>> = {
    InvalidOperationException: new InvalidOperationException('no'),
    Refusal: new Refusal('no'),
    HubException: new HubException('no'),
    E_NAMED: new Named('no'),
    Failure: new Failure('no'),
    RangeError: new RangeError('no'),
    Error: new Error('no'),
    Given: Object.assign(new Error('no'), { name: 'Given' }),
  };
  const throwing = defineHub({
    Throw: method(['string'], (_, name) => {
      throw errors[name]!;
    }),
  });

  it.each(Object.keys(errors))('is told with the name of its class, where it is told at all: %s', async (name) => {
    for (const detailedErrors of [true, false]) {
      const { connect, log } = await hubs.run(throwing, { detailedErrors });
      const client = await connect();
      const told = detailedErrors || errors[name] instanceof HubException ? ` ${name}: no` : '';
      const error = `An unexpected error occurred invoking 'Throw' on the server.${told}`;
      expect(await client.invoke('Throw', name)).toMatchObject({ error });
      log.takeErrors();
    }
  });
});
