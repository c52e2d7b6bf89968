import { parseStreamProperties } from '../../src/events/stream-properties';

const ALL = {
  name: 'Car 1',
  location: '/cars/trials',
  metadata: { driver: 'Jane', '': '', 'odd key': 'é😀', constructor: 'x' },
  parents: ['a', 'b'],
  timeOfRecording: '2021-02-06T00:15:15Z',
};

/** Properties as they come from a JSON text. */
function parse(text: string, maxBytes?: number): unknown {
  return parseStreamProperties(JSON.parse(text), maxBytes);
}

describe('parseStreamProperties', () => {
  it('keeps every property', () => {
    expect(parse(JSON.stringify(ALL))).toEqual(ALL);
  });

  it('accepts PascalCase names, and leaves the keys of metadata alone', () => {
    expect(
      parse(
        '{"Name":"n","Location":"l","Metadata":{"Name":"x"},"Parents":[],"TimeOfRecording":"2021-02-06T00:15:15Z"}',
      ),
    ).toEqual({
      name: 'n',
      location: 'l',
      metadata: { Name: 'x' },
      parents: [],
      timeOfRecording: '2021-02-06T00:15:15Z',
    });
  });

  it.each([undefined, null, {}])('takes %j as no properties', (value) => {
    expect(parseStreamProperties(value)).toStrictEqual({});
  });

  it('takes null as absent', () => {
    const nulls = '{"name":null,"location":null,"metadata":null,"parents":null,"timeOfRecording":null}';
    expect(parse(nulls)).toStrictEqual({});
  });

  it.each([
    '2021-02-06T00:15:15Z',
    '2021-02-06T00:15:15.1234567Z',
    '2021-02-06T00:15:15.123456789Z',
    '2021-02-06T00:15:15.1+02:00',
    '2024-02-29T23:59:59-11:30',
  ])('keeps the time of recording as it was sent: %s', (timeOfRecording) => {
    expect(parseStreamProperties({ timeOfRecording })).toEqual({ timeOfRecording });
  });

  it.each([
    ['[]', '$: the properties are not an object'],
    ['"name"', '$: the properties are not an object'],
    ['0', '$: the properties are not an object'],
    ['false', '$: the properties are not an object'],
    ['{"foo":1}', '$.foo: unknown property "foo"; a stream has name, location, metadata, parents, timeOfRecording'],
    [
      '{"NAME":"n"}',
      '$.NAME: unknown property "NAME"; a stream has name, location, metadata, parents, timeOfRecording',
    ],
    [
      '{"__proto__":{}}',
      '$.__proto__: unknown property "__proto__"; a stream has name, location, metadata, parents, timeOfRecording',
    ],
    ['{"name":"a","Name":"b"}', '$.name: is given twice'],
    ['{"name":null,"Name":"b"}', '$.name: is given twice'],
    ['{"name":1}', '$.name: is not a string'],
    ['{"Location":["a"]}', '$.location: is not a string'],
    ['{"name":"\\ud800"}', '$.name: holds half of a surrogate pair'],
    ['{"metadata":"a"}', '$.metadata: is not an object of strings'],
    ['{"metadata":["a"]}', '$.metadata: is not an object of strings'],
    ['{"metadata":{"driver":1}}', '$.metadata.driver: is not a string'],
    ['{"metadata":{"driver":null}}', '$.metadata.driver: is not a string'],
    ['{"metadata":{"odd key":{}}}', '$.metadata["odd key"]: is not a string'],
    ['{"metadata":{"a":"\\udc00"}}', '$.metadata.a: holds half of a surrogate pair'],
    ['{"metadata":{"a\\udc00":"a"}}', '$.metadata["a\\udc00"]: holds half of a surrogate pair in its name'],
    ['{"metadata":{"__proto__":"a"}}', '$.metadata: has the key __proto__, which is not kept'],
    ['{"parents":"a"}', '$.parents: is not an array of strings'],
    ['{"parents":{"0":"a"}}', '$.parents: is not an array of strings'],
    ['{"parents":["a",null]}', '$.parents[1]: is not a string'],
    [
      '{"timeOfRecording":1618133869}',
      '$.timeOfRecording: is not a string: write ISO 8601 with a zone, such as 2024-05-06T07:08:09Z',
    ],
    [
      '{"timeOfRecording":"yesterday"}',
      '$.timeOfRecording: is not an ISO 8601 date and time with a zone, such as 2024-05-06T07:08:09Z',
    ],
    [
      '{"timeOfRecording":"2021-02-06"}',
      '$.timeOfRecording: is not an ISO 8601 date and time with a zone, such as 2024-05-06T07:08:09Z',
    ],
    [
      '{"timeOfRecording":"2021-02-30T00:00:00Z"}',
      '$.timeOfRecording: is not an ISO 8601 date and time with a zone, such as 2024-05-06T07:08:09Z',
    ],
    [
      '{"timeOfRecording":"2021-02-06 00:15:15"}',
      '$.timeOfRecording: is not an ISO 8601 date and time with a zone, such as 2024-05-06T07:08:09Z',
    ],
    [
      '{"timeOfRecording":"2021-02-06T00:15:15.1234567"}',
      '$.timeOfRecording: has no zone, so it is not certain which instant it is: end it with Z or +02:00',
    ],
    ['{"timeOfRecording":"2021-02-06T00:15:15.1234567890Z"}', '$.timeOfRecording: has more than 9 fractional digits'],
  ])('refuses %s', (text, message) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'invalid_properties', message }) as Error);
  });

  it('refuses properties longer than the bound, counted in bytes of JSON', () => {
    const text = '{"name":"éé"}';
    expect(parse(text, Buffer.byteLength(text))).toEqual({ name: 'éé' });
    expect(() => parse(text, Buffer.byteLength(text) - 1)).toThrow(
      '$: the properties are longer than 14 bytes of JSON',
    );
    expect(() => parse(JSON.stringify({ metadata: { a: 'x'.repeat(65_536) } }))).toThrow('longer than 65536 bytes');
  });

  it('repeats only a little of what was sent', () => {
    expect(() => parse(`{"${'x'.repeat(5000)}":1}`)).toThrow(/^.{1,200}$/);
    expect(() => parse(`{"metadata":{"${'x'.repeat(5000)}":1}}`)).toThrow(/^.{1,200}$/);
  });
});
