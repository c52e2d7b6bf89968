import { InvalidDataException } from '../../../src/signalr/exceptions';
import type { MessageBinder } from '../../../src/signalr/protocol/hub-protocol';
import type { ValueKind } from '../../../src/signalr/protocol/value-kinds';
import { JsonProtocol } from '../../../src/signalr/protocol/json-protocol';
import { MESSAGE_TYPE, type ServerMessage } from '../../../src/signalr/protocol/hub-messages';

const METHODS: Readonly<Record<string, readonly ValueKind[]>> = {
  None: [],
  Target: ['json'],
  Two: ['number', 'string'],
  Flag: ['boolean'],
  Raw: ['string', 'rawJson'],
  Few: ['number', 'rawJson', 'json'],
};

/** For upload streams and invocations of the client alike. */
const STREAMS: Readonly<Record<string, ValueKind>> = { json: 'json', raw: 'rawJson', text: 'string' };

const binder: MessageBinder = {
  findTarget: (bytes, start, end) =>
    Buffer.from(bytes.slice(start, end)).equals(Buffer.from('None')) ? 'None' : undefined,
  parameters: (target) => {
    const kinds = METHODS[target];
    return kinds && { kinds, required: target === 'Few' ? 1 : kinds.length };
  },
  itemKind: (streamId) => STREAMS[streamId],
  resultKind: (invocationId) => STREAMS[invocationId],
};

const protocol = new JsonProtocol();

function parse(text: string | Uint8Array): unknown {
  const bytes = Buffer.from(text);
  // As in a buffer with something before and after the message.
  const glued = Buffer.concat([Buffer.from('"]}'), bytes, Buffer.from('"]}')]);
  return protocol.parse(glued, 3, 3 + bytes.length, binder);
}

describe('JsonProtocol › parse', () => {
  it.each([
    ['{"type":1,"target":"None","arguments":[]}', { type: 1, target: 'None', arguments: [] }],
    [
      '{"type":1,"invocationId":"123","target":"Two","arguments":[1,"Foo"]}',
      { type: 1, invocationId: '123', target: 'Two', arguments: [1, 'Foo'] },
    ],
    ['{"type":1,"invocationId":"","target":"None","arguments":[]}', { type: 1, target: 'None', arguments: [] }],
    ['{"type":1,"target":"Flag","arguments":[true]}', { type: 1, target: 'Flag', arguments: [true] }],
    ['{"type":1,"target":"Target","arguments":[null]}', { type: 1, target: 'Target', arguments: [null] }],
    [
      '{"type":1,"target":"Target","arguments":["מחרוזת כלשהי"]}',
      { type: 1, target: 'Target', arguments: ['מחרוזת כלשהי'] },
    ],
    [
      '{"type":1,"target":"Target","arguments":["a\\"b\\\\c\\u001e"]}',
      { type: 1, target: 'Target', arguments: ['a"b\\c\x1e'] },
    ],
    [
      '{"type":1,"target":"Target","arguments":[{"a":[1,{"]":"}"}]}],"streamIds":["s"]}',
      { type: 1, target: 'Target', arguments: [{ a: [1, { ']': '}' }] }], streamIds: ['s'] },
    ],
    [
      '{ "arguments": ["2016-05-10T13:51:20+12:34"], "type":1, "target": "Target" }',
      { type: 1, target: 'Target', arguments: ['2016-05-10T13:51:20+12:34'] },
    ],
    ['{ "arguments" : [ 1 , "x" ] ,"type": 1,\t"target":\r\n"Two"}', { type: 1, target: 'Two', arguments: [1, 'x'] }],
    ['{"typ\\u0065":1,"targ\\u0065t":"N\\u006fne","arguments":[]}', { type: 1, target: 'None', arguments: [] }],
    ['{"type":1,"target":"None","arguments":[],"x":{"y":[{}]},"z":null}', { type: 1, target: 'None', arguments: [] }],
    [
      '{"type":4,"arguments":[1,"2"],"target":"Two","invocationId":"3"}',
      { type: 4, invocationId: '3', target: 'Two', arguments: [1, '2'] },
    ],
    [
      '{"type":2,"headers":{"Foo":"Bar","KeyWith\\nNew\\r\\nLines":"Works"},"invocationId":"json","item":{"a":1}}',
      { type: 2, headers: { Foo: 'Bar', 'KeyWith\nNew\r\nLines': 'Works' }, invocationId: 'json', item: { a: 1 } },
    ],
    ['{"item":"foo","invocationId":"json","type":2}', { type: 2, invocationId: 'json', item: 'foo' }],
    ['{"type":2,"invocationId":"ended","item":"foo"}', { type: 2, invocationId: 'ended', item: undefined }],
    ['{"type":2,"invocationId":"json","item":null}', { type: 2, invocationId: 'json', item: null }],
    ['{"type":2,"item":[1 , 2],"invocationId":"raw"}', { type: 2, invocationId: 'raw', item: Buffer.from('[1 , 2]') }],
    ['{"type":2,"invocationId":"text","item":"x"}', { type: 2, invocationId: 'text', item: 'x' }],
    [
      '{"type":3,"invocationId":"raw","result": {"a":1.0}}',
      { type: 3, invocationId: 'raw', result: Buffer.from('{"a":1.0}') },
    ],
    ['{"type":3,"invocationId":"text","result":"x"}', { type: 3, invocationId: 'text', result: 'x' }],
    ['{"type":3,"invocationId":"123"}', { type: 3, invocationId: '123' }],
    ['{"type":3,"invocationId":"json","result":0}', { type: 3, invocationId: 'json', result: 0 }],
    ['{"type":3,"invocationId":"json","result":false}', { type: 3, invocationId: 'json', result: false }],
    ['{"type":3,"invocationId":"late","result":0}', { type: 3, invocationId: 'late' }],
    ['{"type":3,"invocationId":"123","error":"Whoops!"}', { type: 3, invocationId: '123', error: 'Whoops!' }],
    [
      '{"type":3,"invocationId":"123","error":"Whoops!","result":null}',
      { type: 3, invocationId: '123', error: 'Whoops!' },
    ],
    // Both at once are an error, and end nothing but the invocation.
    [
      '{"type":3,"invocationId":"json","error":"Whoops!","result":true}',
      { type: 3, invocationId: 'json', error: 'Whoops!' },
    ],
    ['{"type":5,"invocationId":"123"}', { type: 5, invocationId: '123' }],
    ['{"type":6}', { type: 6 }],
    ['{"type":7}', { type: 7 }],
    ['{"type":7,"error":"Error!","allowReconnect":true}', { type: 7, error: 'Error!', allowReconnect: true }],
    ['{"type":6,"arguments":[1,{"a":[]}],"item":{},"result":[null],"streamIds":["x"]}', { type: 6 }],
    ['{"type":7,"headers":{"a":"b"},"target":"x","invocationId":"y","arguments":[]}', { type: 7 }],
    ['{"type":6,"item":1,"item":2,"result":3,"result":4,"arguments":[5],"arguments":[6]}', { type: 6 }],
    [
      '{"type":1,"target":"Target","arguments":["first"],"arguments":["last"]}',
      { type: 1, target: 'Target', arguments: ['last'] },
    ],
    [`{"type":5,"invocationId":"1","arguments":[${'0,'.repeat(100)}0]}`, { type: 5, invocationId: '1' }],
    ['{"type":8,"sequenceId":1234567}', { type: 8, sequenceId: 1234567 }],
    ['{"type":9,"sequenceId":98764321}', { type: 9, sequenceId: 98764321 }],
  ])('reads %s', (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  it.each([
    '{"type":0}',
    '{"type":10,"invocationId":"x"}',
    '{"type":-1}',
    '{"type":2147483647}',
    '{"type":-2147483648}',
  ])('ignores the unknown type of %s', (text) => {
    // 0 is used for an internal message and is unknown on the wire like any other.
    expect(parse(text)).toBeUndefined();
  });

  it.each([
    ['null', "Unexpected JSON Token Type 'Null'. Expected a JSON Object."],
    ['true', "Unexpected JSON Token Type 'True'. Expected a JSON Object."],
    ['false', "Unexpected JSON Token Type 'False'. Expected a JSON Object."],
    ...['0', '9', '-1'].map((text): [string, string] => [
      text,
      "Unexpected JSON Token Type 'Number'. Expected a JSON Object.",
    ]),
    ...['/', ':', '!', 'x', '+1'].map((text): [string, string] => [text, 'Error reading JSON.']),
    ['"foo"', "Unexpected JSON Token Type 'String'. Expected a JSON Object."],
    ['[42]', "Unexpected JSON Token Type 'Array'. Expected a JSON Object."],
    ['', "Unexpected JSON Token Type 'None'. Expected a JSON Object."],
    ['{}', "Missing required property 'type'."],
    ['{"type":"1"}', "Expected 'type' to be of type Number."],
    ['{"type":1.5}', "Expected 'type' to be of type Number."],
    ['{"type":2147483648}', "Expected 'type' to be of type Number."],
    ['{"type":-2147483649}', "Expected 'type' to be of type Number."],
    ['{"type":null}', "Expected 'type' to be of type Number."],
    ['{"type":8,"sequenceId":"1"}', "Expected 'sequenceId' to be of type Number."],
    ['{"type":8,"sequenceId":9007199254740992}', "Expected 'sequenceId' to be of type Number."],
    ['{"type":1,"headers":{"a":"b","Foo":1,"c":2}}', "Expected header 'Foo' to be of type String."],
    ['{"type":1,"streamIds":{}}', "Expected 'streamIds' to be of type Array."],
    ['{"type":2,"invocationId":"","item":1}', "Missing required property 'invocationId'."],
    ['{"type":4,"invocationId":"","target":"None","arguments":[]}', "Missing required property 'invocationId'."],
    ['{"type":1,"headers":{"Foo": 42},"target":"test",arguments:[]}', "Expected header 'Foo' to be of type String."],
    ['{"type":1,"headers":{"Foo": null},"target":"test",arguments:[]}', "Expected header 'Foo' to be of type String."],
    ['{"type":1,"headers":{"Foo": []},"target":"test",arguments:[]}', "Expected header 'Foo' to be of type String."],
    ['{"type":1,"headers":[]}', "Expected 'headers' to be of type Object."],
    ['{"type":1}', "Missing required property 'target'."],
    ['{"type":1,"invocationId":42}', "Expected 'invocationId' to be of type String."],
    ['{"type":1,"invocationId":null,"target":"None","arguments":[]}', "Expected 'invocationId' to be of type String."],
    ['{"type":1,"invocationId":"42"}', "Missing required property 'target'."],
    ['{"type":1,"invocationId":"42","target":42}', "Expected 'target' to be of type String."],
    ['{"type":1,"invocationId":"42","target":"foo"}', "Missing required property 'arguments'."],
    ['{"type":1,"invocationId":"42","target":"foo","arguments":{}}', "Expected 'arguments' to be of type Array."],
    [
      '{"type":1,"arguments":[1,"",{"1":1,"2":2}]},"invocationId":"42","target":"foo"',
      "Missing required property 'target'.",
    ],
    ['{"type":1,"target":"None","arguments":[],"streamIds":[1]}', "Expected 'streamIds' to be an Array of Strings."],
    ['{"type":2}', "Missing required property 'invocationId'."],
    ['{"type":2,"invocationId":"42"}', "Missing required property 'item'."],
    ['{"type":3}', "Missing required property 'invocationId'."],
    ['{"type":3,"invocationId":"42","error":[]}', "Expected 'error' to be of type String."],
    ['{"type":4}', "Missing required property 'target'."],
    ['{"type":4,"target":"None","arguments":[]}', "Missing required property 'invocationId'."],
    ['{"type":5}', "Missing required property 'invocationId'."],
    ['{"type":7,"allowReconnect":1}', "Expected 'allowReconnect' to be of type Boolean."],
    ['{"type":8}', "Missing required property 'sequenceId'."],
    ['{"type":9}', "Missing required property 'sequenceId'."],
  ])('refuses %s', (text, message) => {
    expect(() => parse(text)).toThrow(new InvalidDataException(message));
  });

  it.each([
    '{',
    '{"type"',
    '{"type":',
    '{"type":6',
    '{"type":6,}',
    '{"type":6 "x":1}',
    "{'type':6}",
    '{type:6}',
    '{"type":6}}',
    '{"type":6} x',
    '{"type":6}{"type":6}',
    '{"type":06}',
    '{"type":6,"x":tru}',
    '{"type":6,"item":tru}',
    '{"type":6,"result":tru}',
    '{"type":6,"arguments":[broken]}',
    '{"type":6,"arguments":[1,]}',
    '{"type":6,"arguments":[nope],"arguments":[]}',
    `{"type":6,"arguments":[${'0,'.repeat(64)}nope,1]}`,
    '{\x00"type":6}',
    '{"type"\v:6}',
    '{"type":6}\f',
    '{"type":6,"x":["\\"]}',
    '{"type":6,"x":[1}',
    '{"type":6,"item":nope,"item":1}',
    '{"type":6,"result":nope,"result":1}',
    '{"type":2,"invocationId":"json","item":nope,"item":1}',
    '{"type":1,"target":"Target","arguments":[nope],"arguments":[1]}',
    '{"type":2,"invocationId":"json","item":1,"arguments":[nope]}',
    '{"type":3,"invocationId":"json","result":1,"arguments":[nope]}',
    '{"type":5,"invocationId":"1","arguments":[nope]}',
    '{"type":7,"arguments":[nope]}',
    '{"type":8,"sequenceId":1,"arguments":["\\x"]}',
    '{"type":9,"sequenceId":1,"arguments":[{]}',
    '{"type":77,"arguments":[nope]}',
    '{"type":77,"item":nope}',
    '{"type":6,"headers":{"a":nope}}',
    '{"type":6,"headers":{"a":"b",}}',
    '{"type":6,"streamIds":["x",]}',
    '{"type":6,"error":"\\x"}',
    '{"type":6,"target":"\\x"}',
    '{"type":6,"invocationId":"\\u12"}',
    '{"type":6,"allowReconnect":tru}',
    `{"type":6,"arguments":[${'0,'.repeat(64)}nope]}`,
    `{"type":6,"arguments":[${'0,'.repeat(64)}1 2]}`,
    `{"type":6,"arguments":[${'0,'.repeat(64)}${'['.repeat(63)}${']'.repeat(63)}]}`,
    '{"type":2,"invocationId":"no","item":tru}',
    '{"type":3,"invocationId":"no","result":tru}',
    '{"type":3,"invocationId":"raw","error":"e","result":tru}',
    '{"type":6,"x":[1,]}',
    '{"type":6,"x":"\t"}',
    '{"type":6,"x":"\\x"}',
    '{"type":1,"target":"Target","arguments":[1',
    '{"type":1,"target":"Raw","arguments":["x",["]}',
    `{"type":6,"x":${'['.repeat(64)}${']'.repeat(64)}}`,
  ])('refuses the malformed %s', (text) => {
    expect(() => parse(text)).toThrow(new InvalidDataException('Error reading JSON.'));
  });

  it('tells a ping from what ends a connection', () => {
    expect(parse('{"type":6}')).toStrictEqual({ type: MESSAGE_TYPE.Ping });
  });

  it.each([
    ['quotes and brackets in strings', '["\\"]","[\\\\",{"}":"{"}]'],
    ['numbers of every form', '[-1.5e+30,1E-5,0]'],
    ['words', '[true,false,null]'],
  ])('finds the end of values with %s', (_, value) => {
    const message = { type: MESSAGE_TYPE.Invocation, arguments: ['x', Buffer.from(value)] };
    expect(parse(`{"type":1,"target":"Raw","arguments":["x",${value}]}`)).toMatchObject(message);
    expect(parse(`{"type":6,"x":${value}}`)).toEqual({ type: MESSAGE_TYPE.Ping });
    expect(parse(`{"type":2,"invocationId":"json","item":${value}}`)).toMatchObject({
      item: JSON.parse(value) as unknown,
    });
  });

  it('asks by its bytes whether a target is known, and takes the name that is known', () => {
    const asked: string[] = [];
    const findTarget = (bytes: Uint8Array, start: number, end: number): string => {
      asked.push(Buffer.from(bytes).toString('utf8', start, end));
      return 'Two';
    };
    const bytes = Buffer.from('{"type":1,"target":"zwei","arguments":[1,"x"]}');
    expect(protocol.parse(bytes, 0, bytes.length, { ...binder, findTarget })).toMatchObject({ target: 'Two' });
    expect(asked).toEqual(['zwei']);
  });

  it('leaves raw arguments unread also where a stream is asked for, or their number is wrong', () => {
    expect(parse('{"type":4,"invocationId":"1","target":"Raw","arguments":["x",nope]}')).toMatchObject({ type: 4 });
    expect(parse('{"type":1,"target":"Raw","arguments":["x",nope,1]}')).toMatchObject({
      type: MESSAGE_TYPE.BindingFailure,
    });
  });

  it('takes 64 arguments that nobody has a use for, and more', () => {
    for (const count of [63, 64, 65]) {
      expect(parse(`{"type":6,"arguments":[${Array(count).fill('0').join(',')}]}`)).toEqual({ type: 6 });
    }
  });

  it.each([
    ['an argument', 62, '{"type":6,"arguments":[#]}'],
    ['an argument behind many', 62, `{"type":6,"arguments":[${'0,'.repeat(70)}#]}`],
    ['an item', 63, '{"type":2,"invocationId":"no","item":#}'],
    ['a result', 63, '{"type":3,"invocationId":"no","result":#}'],
    ['an unknown property', 63, '{"type":6,"x":#}'],
  ])('takes %s that is nested %d deep, and none deeper', (_, depth, text) => {
    const nested = (levels: number) => text.replace('#', `${'['.repeat(levels)}${']'.repeat(levels)}`);
    expect(parse(nested(depth))).toBeDefined();
    expect(() => parse(nested(depth + 1))).toThrow(new InvalidDataException('Error reading JSON.'));
  });

  it('takes nesting of 64, the message itself included', () => {
    const nested = `${'['.repeat(62)}${']'.repeat(62)}`;
    expect(parse(`{"type":1,"target":"Target","arguments":[${nested}]}`)).toMatchObject({
      type: MESSAGE_TYPE.Invocation,
    });
  });

  it.each([
    ['a target', '{"type":1,"target":"N#","arguments":[]}'],
    ['an invocation id', '{"type":1,"invocationId":"#","target":"None","arguments":[]}'],
    ['a property name', '{"type":6,"#":1}'],
    ['an ignored value', '{"type":6,"x":"#"}'],
  ])('refuses invalid UTF-8 in %s', (_, text) => {
    const bytes = Buffer.from(text);
    bytes[bytes.indexOf('#')] = 0xff;
    expect(() => parse(bytes)).toThrow(new InvalidDataException('Error reading JSON.'));
  });
});

describe('JsonProtocol › binding', () => {
  it.each(['[ 1.50,"x"]', '{"a":1,"a":2}', '18446744073709551615', '"\\u0041"', 'nope', '[1,]', '{]'])(
    'hands the raw argument %s over as it is',
    (raw) => {
      const message = parse(`{"type":1,"target":"Raw","arguments":["cars", ${raw} ]}`);
      expect(message).toMatchObject({ arguments: ['cars', Buffer.from(raw)] });
    },
  );

  it('hands over a raw argument whose UTF-8 is broken', () => {
    const raw = Buffer.from([0x22, 0xff, 0xfe, 0x22]);
    const text = Buffer.concat([Buffer.from('{"type":1,"target":"Raw","arguments":["x",'), raw, Buffer.from(']}')]);
    expect(parse(text)).toMatchObject({ arguments: ['x', raw] });
  });

  it('does not copy a raw argument', () => {
    const bytes = Buffer.from('{"type":1,"target":"Raw","arguments":["x",[1]]}');
    const message = protocol.parse(bytes, 0, bytes.length, binder);
    if (message?.type !== MESSAGE_TYPE.Invocation) throw new Error('The message was not understood.');
    expect((message.arguments[1] as Uint8Array).buffer).toBe(bytes.buffer);
  });

  const wrongTypes =
    'Error binding arguments. Make sure that the types of the provided values match the types of the hub method being invoked.';

  it.each([
    ['Two', '[]', 'Invocation provides 0 argument(s) but target expects 2.'],
    ['Two', '[1,"",{"1":1,"2":2}]', 'Invocation provides 3 argument(s) but target expects 2.'],
    ['None', `[${Array(200).fill('1').join(',')}]`, 'Invocation provides 200 argument(s) but target expects 0.'],
    ['Two', '["abc","xyz"]', wrongTypes],
    ['Two', '[1,null]', wrongTypes],
    ['Two', '[1,[1]]', wrongTypes],
    ['Flag', '[0]', wrongTypes],
    ['Few', '[]', 'Invocation provides 0 argument(s) but target expects 1 to 3.'],
    ['Few', '[1,2,3,4]', 'Invocation provides 4 argument(s) but target expects 1 to 3.'],
  ])('fails only the call of %s with %s', (target, args, message) => {
    expect(parse(`{"type":1,"invocationId":"42","arguments":${args},"target":"${target}"}`)).toEqual({
      type: MESSAGE_TYPE.BindingFailure,
      invocationId: '42',
      target,
      error: new InvalidDataException(message),
    });
  });

  it.each([
    '[nope]',
    '[1,]',
    '[,1]',
    '[1 2]',
    '[{"a":1]]',
    '[[}]',
    '["\u0001"]',
    '["\\x"]',
    '["\\ud800"]',
    '["\\udc00\\ud83d"]',
    '[{"a":["\\uD800x"]}]',
    '[{"\\uDFFF":1}]',
    '[1e400]',
    '[[-1E+309]]',
    `[{"a":${'9'.repeat(310)}}]`,
    `[${'['.repeat(63)}${']'.repeat(63)}]`,
    `[${'0,'.repeat(64)}nope]`,
  ])('fails only the call with the arguments %s', (args) => {
    for (const target of ['Target', 'None', 'Unknown']) {
      const parsed = parse(`{"type":1,"invocationId":"42","target":"${target}","arguments":${args}}`);
      expect(parsed).toMatchObject({ type: MESSAGE_TYPE.BindingFailure, invocationId: '42', target });
    }
  });

  it.each(['[["#"]]', '["#"]', '[{"#":1}]'])('fails only the call with invalid UTF-8 in %s', (args) => {
    const bytes = Buffer.from(`{"type":1,"target":"Target","arguments":${args}}`);
    bytes[bytes.indexOf('#')] = 0xff;
    expect(parse(bytes)).toMatchObject({ type: MESSAGE_TYPE.BindingFailure, target: 'Target' });
  });

  it('knows no method without a name, as ASP.NET Core', () => {
    expect(parse('{"type":1,"target":"","arguments":[]}')).toEqual({
      type: MESSAGE_TYPE.BindingFailure,
      invocationId: undefined,
      target: '',
      error: undefined,
    });
  });

  it.each(['nope', '[1,]', '"\\ud800"', '1e999', `${'['.repeat(64)}${']'.repeat(64)}`])(
    'fails only the stream or the answer with the value %s',
    (value) => {
      expect(parse(`{"type":2,"invocationId":"json","item":${value}}`)).toMatchObject({
        type: MESSAGE_TYPE.StreamBindingFailure,
        invocationId: 'json',
      });
      expect(parse(`{"type":3,"invocationId":"json","result":${value}}`)).toMatchObject({
        type: 3,
        error: expect.stringContaining('Error trying to deserialize result to Json.') as unknown,
      });
    },
  );

  it.each([
    ['[1]', [1]],
    ['[1,2]', [1, Buffer.from('2')]],
    ['[1, [2],[3]]', [1, Buffer.from('[2]'), [3]]],
  ])('takes %s where the last arguments may be left out', (args, values) => {
    expect(parse(`{"type":1,"target":"Few","arguments":${args}}`)).toMatchObject({ type: 1, arguments: values });
  });

  it('fails only the stream for an item of another type', () => {
    expect(parse('{"type":2,"invocationId":"text","item":42}')).toEqual({
      type: MESSAGE_TYPE.StreamBindingFailure,
      invocationId: 'text',
      error: new InvalidDataException("Deserializing object of the `String` type for 'item' failed."),
    });
  });

  it('makes an error of a result of another type', () => {
    const error =
      "Error trying to deserialize result to String. Deserializing object of the `String` type for 'result' failed.";
    expect(parse('{"type":3,"invocationId":"text","result":42}')).toEqual({ type: 3, invocationId: 'text', error });
  });

  it('fails only the call of an unknown method', () => {
    expect(parse('{"type":1,"invocationId":"42","target":"foo","arguments":[1]}')).toEqual({
      type: MESSAGE_TYPE.BindingFailure,
      invocationId: '42',
      target: 'foo',
      error: undefined,
    });
  });
});

describe('JsonProtocol › write', () => {
  const rows: [string, ServerMessage][] = [
    [
      '{"type":1,"target":"Target","arguments":[1,"Foo",null]}',
      { type: 1, target: 'Target', arguments: [1, 'Foo', null] },
    ],
    [
      '{"type":1,"headers":{"a":"b"},"invocationId":"s1","target":"T","arguments":[],"streamIds":["x"]}',
      { type: 1, headers: { a: 'b' }, invocationId: 's1', target: 'T', arguments: [], streamIds: ['x'] },
    ],
    ['{"type":3,"invocationId":"123"}', { type: 3, invocationId: '123' }],
    ['{"type":3,"invocationId":"123","result":null}', { type: 3, invocationId: '123', result: null }],
    ['{"type":3,"invocationId":"123","result":0}', { type: 3, invocationId: '123', result: 0 }],
    ['{"type":3,"invocationId":"123","result":false}', { type: 3, invocationId: '123', result: false }],
    ['{"type":3,"invocationId":"123","result":""}', { type: 3, invocationId: '123', result: '' }],
    ['{"type":3,"invocationId":"a\\"b","error":"Whoops!"}', { type: 3, invocationId: 'a"b', error: 'Whoops!' }],
    ['{"type":3,"invocationId":"\\""}', { type: 3, invocationId: '"' }],
    ['{"type":3,"invocationId":""}', { type: 3, invocationId: '' }],
    ['{"type":2,"invocationId":"123","item":[null]}', { type: 2, invocationId: '123', item: [null] }],
    [
      '{"type":2,"headers":{"a":"b"},"invocationId":"1","item":0}',
      { type: 2, headers: { a: 'b' }, invocationId: '1', item: 0 },
    ],
    ['{"type":5,"invocationId":"s1"}', { type: 5, invocationId: 's1' }],
    ['{"type":8,"sequenceId":12}', { type: 8, sequenceId: 12 }],
    ['{"type":9,"sequenceId":1}', { type: 9, sequenceId: 1 }],
    ['{"type":6}', { type: 6 }],
    ['{"type":7}', { type: 7 }],
    ['{"type":7}', { type: 7, allowReconnect: false }],
    ['{"type":7,"error":"Error!","allowReconnect":true}', { type: 7, error: 'Error!', allowReconnect: true }],
  ];

  it.each(rows)('writes %s', (text, message) => {
    expect(protocol.write(message)).toBe(`${text}\x1e`);
  });

  it.each([
    [() => 1, 'a function has no JSON form'],
    [Symbol('x'), 'a symbol has no JSON form'],
  ])('throws for a result without a JSON form', (result, message) => {
    expect(() => protocol.write({ type: MESSAGE_TYPE.Completion, invocationId: '1', result })).toThrow(
      new TypeError(message),
    );
  });

  it('throws what a result throws', () => {
    const error = new RangeError('no more');
    const result = {
      toJSON: () => {
        throw error;
      },
    };
    expect(() => protocol.write({ type: MESSAGE_TYPE.Completion, invocationId: '1', result })).toThrow(error);
  });

  it('is called json, version 2, of texts', () => {
    expect(protocol).toMatchObject({ name: 'json', version: 2, transferFormat: 'Text' });
  });
});
