import { encode } from '@msgpack/msgpack';
import { defineHub, ExactDate, type HubContext, method, type ValueKind } from '../../../src/signalr';
import { VALUE_KINDS } from '../../../src/signalr/protocol/value-kinds';
import { BinaryClient, frameBody } from '../support/binary-client';
import { useHubs } from '../support/hub-servers';

const hubs = useHubs();

/** What a handler got, in a form that shows its type and all of its digits. */
function shown(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (value instanceof ExactDate) return `ExactDate ${value.epochNanoseconds}`;
  if (value instanceof Date) return `Date ${value.toISOString()}`;
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`;
  if (Array.isArray(value)) return `[${value.map(shown).join(' ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([name, property]) => `${name} ${shown(property)}`)
      .join(' ')}}`;
  }
  if (Object.is(value, -0)) return '-0';
  return typeof value === 'string' ? `'${value}'` : String(value);
}

/** A method for each kind, by the kind's name, that tells what it got. */
const hub = defineHub(
  Object.fromEntries(VALUE_KINDS.map((kind) => [kind, method([kind], (_: HubContext, value) => shown(value))])),
);

const MISFIT = Symbol('the invocation fails');
type Row = readonly [kind: ValueKind, sent: string, got: string | typeof MISFIT];

const outcome = (answer: unknown, kind: string): unknown => {
  const { result, error } = answer as { result?: unknown; error?: string };
  return error === `Failed to invoke '${kind}' due to an error on the server.` ? MISFIT : result;
};

describe('an argument in JSON', () => {
  it.each<Row>([
    ['string', '"a"', "'a'"],
    ['string', '"\\u00fc\\ud83d\\ude00"', "'ü😀'"],
    ['string', 'null', MISFIT],
    ['string', '1', MISFIT],
    ['string', '"\\ud800"', MISFIT],
    ['string', '"a\\uDc00b"', MISFIT],
    ['string', '"\\udc00\\ud800"', MISFIT],
    ['string?', 'null', 'null'],
    ['string?', '"null"', "'null'"],
    ['string?', 'nul', MISFIT],
    ['string?', '"\\ud800"', MISFIT],
    ['string?', '7', MISFIT],
    ['boolean', 'true', 'true'],
    ['boolean', '"true"', MISFIT],
    ['boolean', '0', MISFIT],
    ['boolean?', 'null', 'null'],
    ['boolean?', 'false', 'false'],
    ['number', '1.5e-7', '1.5e-7'],
    ['number', '-0', '-0'],
    ['number', '9007199254740991', '9007199254740991'],
    ['number', '9007199254740993', MISFIT],
    ['number', '9223372036854775807', MISFIT],
    ['number', '-9007199254740993', MISFIT],
    ['number', '1152921504606847000', '1152921504606847000'],
    ['number', '1e400', MISFIT],
    ['number', '-1e400', MISFIT],
    ['number', '1e308', '1e+308'],
    ['number', 'NaN', MISFIT],
    ['number', '01', MISFIT],
    ['number', '1.', MISFIT],
    ['number', '"1"', MISFIT],
    ['number', '[1]', MISFIT],
    ['number', 'null', MISFIT],
    ['number?', 'null', 'null'],
    ['number?', '2', '2'],
    ['double', '9007199254740993', '9007199254740992'],
    ['double', '0.1', '0.1'],
    ['double', '1e400', MISFIT],
    ['double?', 'null', 'null'],
    ['integer', '9007199254740991', '9007199254740991'],
    ['integer', '-9007199254740991', '-9007199254740991'],
    ['integer', '9007199254740992', MISFIT],
    ['integer', '1.5', MISFIT],
    ['integer', '9007199254740990.9999999', MISFIT],
    ['integer', '1e3', MISFIT],
    ['integer', '-0', '0'],
    ['integer?', 'null', 'null'],
    ['int32', '2147483647', '2147483647'],
    ['int32', '-2147483648', '-2147483648'],
    ['int32', '2147483648', MISFIT],
    ['int32', '-2147483649', MISFIT],
    ['int32', '1.0', MISFIT],
    ['int32', '"1"', MISFIT],
    ['int32', '-0', '0'],
    ['int32?', 'null', 'null'],
    ['int64', '9007199254740993', '9007199254740993n'],
    ['int64', '9223372036854775807', '9223372036854775807n'],
    ['int64', '-9223372036854775808', '-9223372036854775808n'],
    ['int64', '0', '0n'],
    ['int64', '9223372036854775808', MISFIT],
    ['int64', '-9223372036854775809', MISFIT],
    ['int64', '99999999999999999999999', MISFIT],
    ['int64', '1e3', MISFIT],
    ['int64', '"1"', MISFIT],
    ['int64?', 'null', 'null'],
    ['decimal', '1.10', "'1.10'"],
    ['decimal', '79228162514264337593543950335', "'79228162514264337593543950335'"],
    ['decimal', '-79228162514264337593543950335', "'-79228162514264337593543950335'"],
    ['decimal', '79228162514264337593543950336', MISFIT],
    ['decimal', '0.1234567890123456789012345678', "'0.1234567890123456789012345678'"],
    ['decimal', '12345678901234567890.120', "'12345678901234567890.120'"],
    ['decimal', '0.00', "'0.00'"],
    ['decimal', '1e29', MISFIT],
    ['decimal', '1e2', "'1e2'"],
    ['decimal', '"1.10"', MISFIT],
    ['decimal', '.5', MISFIT],
    ['decimal?', 'null', 'null'],
    ['bytes', '"AP8K"', 'bytes 00ff0a'],
    ['bytes', '""', 'bytes '],
    ['bytes', '"+/8="', 'bytes fbff'],
    ['bytes', '"-_8="', MISFIT],
    ['bytes', '"AP8"', MISFIT],
    ['bytes', '[0,255]', MISFIT],
    ['bytes?', 'null', 'null'],
    ['date', '"2009-02-13T23:31:30.1234567Z"', 'ExactDate 1234567890123456700'],
    ['date', '"2009-02-13T23:31:30.123Z"', 'Date 2009-02-13T23:31:30.123Z'],
    ['date', '"2009-02-14T01:31:30+02:00"', 'Date 2009-02-13T23:31:30.000Z'],
    ['date', '"2009-02-13T23:31:30"', 'Date 2009-02-13T23:31:30.000Z'],
    ['date', '"2009-02-13"', 'Date 2009-02-13T00:00:00.000Z'],
    ['date', '"0001-01-01T00:00:00"', 'Date 0001-01-01T00:00:00.000Z'],
    ['date', '"9999-12-31T23:59:59.9999999Z"', 'ExactDate 253402300799999999900'],
    ['date', '"2009-02-29"', MISFIT],
    ['date', '"2009-13-01"', MISFIT],
    ['date', '"2009-02-13T24:00:00Z"', MISFIT],
    ['date', '"2009-02-13T23:31:30+15:00"', MISFIT],
    ['date', '"yesterday"', MISFIT],
    ['date', '1234567890123', MISFIT],
    ['date?', 'null', 'null'],
    ['json', '9007199254740993', '9007199254740993n'],
    ['json', '9007199254740991', '9007199254740991'],
    ['json', '[9223372036854775807,{"a":-9223372036854775808}]', '[9223372036854775807n {a -9223372036854775808n}]'],
    ['json', '123456789012345678901234567890', '123456789012345678901234567890n'],
    ['json', '{"a": 0.1, "b": "12345678901234567890", "c": 1e3}', "{a 0.1 b '12345678901234567890' c 1000}"],
    ['json', '{"a":[\n-9007199254740993\n]}', '{a [-9007199254740993n]}'],
    ['json', '1e400', MISFIT],
    ['json', '[1,{"a":-1E+400}]', MISFIT],
    ['json', '"1e400 9007199254740993"', "'1e400 9007199254740993'"],
    ['json', '{"a":"\\ud800"}', MISFIT],
    ['json', '{"\\ud800":1}', MISFIT],
    ['json', '["\\\\ud800","\\ud83d\\ude00"]', "['\\ud800' '😀']"],
    ['json', 'null', 'null'],
    ['json', '[1,]', MISFIT],
    ['rawJson', '9007199254740993', `bytes ${Buffer.from('9007199254740993').toString('hex')}`],
  ])('of the kind %s: %s', async (kind, sent, got) => {
    const client = await (await hubs.run(hub, {})).connect();
    client.send(`{"type":1,"invocationId":"i","target":"${kind}","arguments":[${sent}]}`);
    expect(outcome(await client.nextMessage(), kind)).toBe(got);
    expect(await client.invoke('json', 1)).toMatchObject({ result: '1' });
  });

  it('is told in the log, where the client is told nothing', async () => {
    const { connect, log } = await hubs.run(hub, {});
    const client = await connect();
    for (const [target, ...args] of [['int32', 'x'], ['int32'], ['json', '\ud800'], ['bytes?', 5]] as const) {
      expect(outcome(await client.invoke(target, ...args), target)).toBe(MISFIT);
    }
    expect(log.debugged.flatMap(({ fields }) => ('misfit' in fields ? [fields.misfit] : []))).toEqual([
      'takes int32 for argument 1, got something else',
      'takes 1 argument, got 0',
      'cannot read argument 1: it is malformed, or holds a number out of range or a lone surrogate',
      'takes bytes? for argument 1, got something else',
    ]);
  });

  it('may be worded by the application', async () => {
    const strict = defineHub(
      { Add: method(['int32', 'int32'], (_, a, b) => a + b) },
      { onMisfit: ({ method: name, reason }) => (reason.startsWith('takes 2') ? new RangeError(name) : undefined) },
    );
    const client = await (await hubs.run(strict, { detailedErrors: true })).connect();
    const failed = "Failed to invoke 'add' due to an error on the server.";
    expect(await client.invoke('add', 1)).toMatchObject({ error: `${failed} RangeError: Add` });
    expect(await client.invoke('add', 1, 'x')).toMatchObject({
      error: expect.stringContaining(`${failed} InvalidDataException: Error binding arguments.`) as unknown,
    });
  });

  it('is refused all the same when the application fails to word it', async () => {
    const broken = defineHub(
      { Add: method(['int32'], (_, a) => a) },
      {
        onMisfit: () => {
          throw new Error('secret');
        },
      },
    );
    const { connect, log } = await hubs.run(broken, {});
    const client = await connect();
    expect(outcome(await client.invoke('Add'), 'Add')).toBe(MISFIT);
    expect(log.takeErrors()).toEqual(['onMisfit failed']);
  });
});

describe('an argument in MessagePack', () => {
  const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex');

  it.each<Row>([
    ['string', 'a161', "'a'"],
    ['string', 'c0', MISFIT],
    ['string?', 'c0', 'null'],
    ['string?', '01', MISFIT],
    ['boolean?', 'c0', 'null'],
    ['boolean', 'c3', 'true'],
    ['boolean', '01', MISFIT],
    ['number', 'cb3fb999999999999a', '0.1'],
    ['number', 'cf0020000000000001', MISFIT],
    ['number', 'cb7ff0000000000000', 'Infinity'],
    ['number?', 'c0', 'null'],
    ['double', 'cf0020000000000001', '9007199254740992'],
    ['double', '05', '5'],
    ['double', 'ca3fc00000', '1.5'],
    ['integer', 'cf001fffffffffffff', '9007199254740991'],
    ['integer', 'cf0020000000000000', MISFIT],
    ['integer', 'cb4000000000000000', MISFIT],
    ['int32', 'd280000000', '-2147483648'],
    ['int32', 'ce7fffffff', '2147483647'],
    ['int32', 'ce80000000', MISFIT],
    ['int32', 'd3ffffffff7fffffff', MISFIT],
    ['int32', '90', MISFIT],
    ['int64', 'cf7fffffffffffffff', '9223372036854775807n'],
    ['int64', 'd38000000000000000', '-9223372036854775808n'],
    ['int64', 'cf0020000000000001', '9007199254740993n'],
    ['int64', '05', '5n'],
    ['int64', 'cf8000000000000000', MISFIT],
    ['int64', 'cb4000000000000000', MISFIT],
    ['int64?', 'c0', 'null'],
    ['decimal', 'a4312e3130', "'1.10'"],
    ['decimal', '05', "'5'"],
    ['decimal', 'cf7fffffffffffffff', "'9223372036854775807'"],
    ['decimal', 'cb3ff8000000000000', "'1.5'"],
    ['decimal', 'cb7ff0000000000000', MISFIT],
    ['decimal', 'a3616263', MISFIT],
    ['decimal', 'c3', MISFIT],
    ['bytes', 'c40300ff0a', 'bytes 00ff0a'],
    ['bytes', 'a3616263', MISFIT],
    ['bytes?', 'c0', 'null'],
    ['date', 'd7ff 1d6f 3314 499602d2', 'ExactDate 1234567890123456709'],
    ['date', 'd6ff499602d2', 'Date 2009-02-13T23:31:30.000Z'],
    ['date', 'd60549960200', MISFIT],
    ['date', 'a3616263', MISFIT],
    ['date?', 'c0', 'null'],
    ['json', 'cf0020000000000001', '9007199254740993n'],
    ['json', '92 c40101 d6ff499602d2', '[bytes 01 Date 2009-02-13T23:31:30.000Z]'],
    ['json', 'd7ff 1d6f 3314 499602d2', 'ExactDate 1234567890123456709'],
  ])('of the kind %s: %s', async (kind, sent, got) => {
    const client = await BinaryClient.connect((await hubs.run(hub, {})).url);
    const head = [hex('96 01 80 a169'), encode(kind), hex('91'), hex(sent), hex('90')];
    client.socket.send(frameBody(Buffer.concat(head)));
    const [, , , , value] = (await client.next()) as unknown[];
    expect(value === `Failed to invoke '${kind}' due to an error on the server.` ? MISFIT : value).toBe(got);
    client.send([1, {}, 'j', 'json', [1], []]);
    expect(await client.next()).toEqual([3, {}, 'j', 3, '1']);
    client.socket.close(1000);
    await client.closed;
  });
});
