import { parseDefinitions } from '../../src/events/stream-definitions';
import type { WriterHubError } from '../../src/errors';
import type { DefinitionKind } from '../../src/store/contract/definitions';

const parse = (kind: DefinitionKind, text: string, maxBytes = 10_000): unknown =>
  parseDefinitions(kind, Buffer.from(text), maxBytes);

const textOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

function refusal(kind: DefinitionKind, value: unknown, maxBytes = 10_000): WriterHubError {
  try {
    parseDefinitions(kind, typeof value === 'string' ? Buffer.from(value) : textOf(value), maxBytes);
  } catch (error) {
    return error as WriterHubError;
  }
  throw new Error('it was taken');
}

describe('definitions', () => {
  it('of parameters are kept with all they say', () => {
    const all = {
      ...{ id: 'Speed', name: 'n', description: 'd', location: '/a/b', customProperties: '{"x": 1}' },
      ...{ minimumValue: -1.5, maximumValue: 400, unit: 'km/h', format: '{0:n}' },
    };
    expect(parse('parameters', JSON.stringify([all, { id: 'Gear' }]))).toEqual([all, { id: 'Gear' }]);
  });

  it('may be written as .NET writes names, and null is as good as nothing', () => {
    const text = '[{"Id": "E", "Name": null, "Level": "Error", "CustomProperties": "c", "location": null}]';
    expect(parse('events', text)).toEqual([{ id: 'E', level: 'Error', customProperties: 'c' }]);
  });

  it.each<[unknown, string]>([
    [undefined, 'Information'],
    [null, 'Information'],
    ['Trace', 'Trace'],
    ['debug', 'Debug'],
    ['CRITICAL', 'Critical'],
    [0, 'Trace'],
    [2, 'Information'],
    [5, 'Critical'],
  ])('of events have a level by name or number: %j is %s', (level, expected) => {
    expect(parseDefinitions('events', textOf([{ id: 'E', level }]), 1000)).toEqual([{ id: 'E', level: expected }]);
  });

  it.each([
    ['chassis/engine', '/chassis/engine'],
    ['/chassis/', '/chassis'],
    ['//a/b//', '/a/b'],
    ['', '/'],
    ['/', '/'],
  ])('lie in folders, one slash in front: %j is %j', (location, expected) => {
    expect(parseDefinitions('parameters', textOf([{ id: 'P', location }]), 1000)).toEqual([
      { id: 'P', location: expected },
    ]);
  });

  it.each(['10', '__proto__', 'a.b', 'constructor', 'é', ' '])('have ids that are names of whatever kind: %j', (id) => {
    expect(JSON.stringify(parseDefinitions('parameters', textOf([{ id }]), 1000))).toBe(JSON.stringify([{ id }]));
  });

  it.each<[string, DefinitionKind, string, string, string]>([
    ['no id', 'parameters', '[{"name": "n"}]', '$', 'has no id'],
    ['an id that is null', 'events', '[{"id": null}]', '$', 'has no id'],
    ['an empty id', 'parameters', '[{"id": ""}]', '$.id', 'is empty'],
    ['a slash in an id', 'parameters', '[{"id": "a/b"}]', '$.id', '"a/b" holds a slash or a backslash'],
    ['a backslash in an id', 'events', '[{"Id": "a\\\\b"}]', '$.Id', '"a\\\\b" holds a slash or a backslash'],
    ['half a surrogate pair', 'parameters', '[{"id": "\\ud800"}]', '$.id', 'holds half of a surrogate pair'],
    ['an id that is a number', 'parameters', '[{"id": 7}]', '$.id', 'is not a string'],
    ['a name that is an object', 'events', '[{"id": "e", "name": {}}]', '$.name', 'is not a string'],
    [
      ...['custom properties that are an object', 'events', '[{"id": "e", "customProperties": {}}]'],
      ...['$.customProperties', 'is not a string; it may hold JSON text'],
    ] as [string, DefinitionKind, string, string, string],
    ['a minimum as text', 'parameters', '[{"id": "p", "minimumValue": "0"}]', '$.minimumValue', 'is not a number'],
    [
      'a maximum beyond doubles',
      'parameters',
      '[{"id": "p", "maximumValue": 1e400}]',
      '$.maximumValue',
      'is not a finite number',
    ],
    [
      ...['a minimum above the maximum', 'parameters', '[{"id": "p", "minimumValue": 2, "maximumValue": 1}]'],
      ...['$.minimumValue', '2 is above the maximum, 1'],
    ] as [string, DefinitionKind, string, string, string],
    ['a property twice', 'parameters', '[{"id": "p", "unit": "a", "Unit": "b"}]', '$.Unit', 'is given twice'],
    ['an element that is null', 'parameters', '[null]', '$', 'is not an object'],
    ['an element that is an array', 'events', '[[]]', '$', 'is not an object'],
    ['an element that is a text', 'events', '["Alert"]', '$', 'is not an object'],
    [
      ...['a level of a parameter', 'parameters', '[{"id": "p", "level": 1}]', '$.level'],
      'unknown property "level"; definitions of parameters have id, name, description, location, customProperties, minimumValue, maximumValue, unit, format',
    ] as [string, DefinitionKind, string, string, string],
    [
      ...['a unit of an event', 'events', '[{"id": "e", "unit": "s"}]', '$.unit'],
      'unknown property "unit"; definitions of events have id, name, description, location, customProperties, level',
    ] as [string, DefinitionKind, string, string, string],
    ...['"Fatal"', '6', '-1', '1.5', '"2"', 'true', '""'].map(
      (level): [string, DefinitionKind, string, string, string] => [
        `the level ${level}`,
        'events',
        `[{"id": "e", "level": ${level}}]`,
        '$.level',
        `${level} is not a level: those are Trace, Debug, Information, Warning, Error, Critical, or 0 to 5`,
      ],
    ),
  ])('are refused with %s', (_, kind, text, path, message) => {
    const error = refusal(kind, text);
    expect(error).toMatchObject({ code: 'invalid_definitions', problems: [{ index: 0, path, message }] });
    expect(error.message).toBe(`definition 0, ${path}: ${message}`);
  });

  it('are refused when an id is there twice, which says where it was first', () => {
    expect(refusal('parameters', [{ id: 'a' }, { id: 'b' }, { id: 'a' }])).toMatchObject({
      message: 'definition 2, $.id: "a" is given twice, first in definition 0',
    });
  });

  it('are refused with up to 20 problems, each where it is', () => {
    const { problems, message } = refusal(
      'events',
      Array.from({ length: 30 }, () => ({ id: '' })),
    );
    expect(problems).toHaveLength(20);
    expect(problems?.[19]).toEqual({ index: 19, path: '$.id', message: 'is empty' });
    expect(message).toBe('definition 0, $.id: is empty (and 19 more at least)');
  });

  it.each<[unknown, string]>([
    [{}, '$: the definitions of parameters are not an array'],
    ['"[]"', '$: the definitions of parameters are not an array'],
    ['null', '$: the definitions of parameters are not an array'],
    [{ parameters: [] }, '$: the definitions of parameters are not an array'],
  ])('that are %j are refused', (value, message) => {
    expect(refusal('parameters', value)).toMatchObject({ code: 'invalid_definitions', message });
  });

  it('may take no more bytes than is set', () => {
    const bytes = JSON.stringify([{ id: 'é'.repeat(100) }]).length + 100;
    expect(parseDefinitions('parameters', textOf([{ id: 'é'.repeat(100) }]), bytes)).toHaveLength(1);
    expect(refusal('parameters', [{ id: 'é'.repeat(100) }], bytes - 1).message).toBe(
      `$: the definitions take ${bytes} bytes of JSON, more than ${bytes - 1}`,
    );
  });

  it('may come with as much space again, and no more', () => {
    const compact = '[{"id":"Speed"}]';
    expect(parse('parameters', compact + ' '.repeat(compact.length), compact.length)).toHaveLength(1);
    expect(refusal('parameters', compact + ' '.repeat(compact.length + 1), compact.length).message).toBe(
      `$: the definitions take ${2 * compact.length + 1} bytes of JSON, more than ${compact.length}`,
    );
  });

  it.each(['', '[', '[{"id":"a"}', '[{"id":"a"},]', '[{"id":NaN}]'])(
    'are refused when they are no JSON: %j',
    (text) => {
      expect(refusal('parameters', text)).toMatchObject({ code: 'malformed_json' });
    },
  );

  it('of many parameters are checked at once', () => {
    const many = Array.from({ length: 10_000 }, (_, n) => ({
      id: `p${n}`,
      minimumValue: 0,
      maximumValue: n,
      unit: 'm',
    }));
    expect(parseDefinitions('parameters', textOf(many), 10_000_000)).toEqual(many);
  });
});
