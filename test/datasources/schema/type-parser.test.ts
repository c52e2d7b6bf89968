import { storageOf } from '../../../src/datasources/schema/column-type';
import { parseColumnType } from '../../../src/datasources/schema/type-parser';
import { thrown } from '../support/scanning';

describe('parseColumnType', () => {
  it.each([
    ['Int8', { kind: 'integer', bits: 8, signed: true }, 'integer'],
    ['Int64', { kind: 'integer', bits: 64, signed: true }, 'integer'],
    ['UInt32', { kind: 'integer', bits: 32, signed: false }, 'integer'],
    ['UInt64', { kind: 'integer', bits: 64, signed: false }, 'any'],
    ['Int256', { kind: 'integer', bits: 256, signed: true }, 'any'],
    ['Float32', { kind: 'float', bits: 32 }, 'real'],
    ['Decimal', { kind: 'decimal', precision: 10, scale: 0 }, 'real'],
    ['Decimal(5)', { kind: 'decimal', precision: 5, scale: 0 }, 'real'],
    ['Decimal( 10 , 2 )', { kind: 'decimal', precision: 10, scale: 2 }, 'real'],
    ['Decimal(15, 2)', { kind: 'decimal', precision: 15, scale: 2 }, 'real'],
    ['Decimal(16, 2)', { kind: 'decimal', precision: 16, scale: 2 }, 'text'],
    ['Decimal64(4)', { kind: 'decimal', precision: 18, scale: 4 }, 'text'],
    ['String', { kind: 'string' }, 'text'],
    ['FixedString(16)', { kind: 'fixed_string', bytes: 16 }, 'text'],
    ['UUID', { kind: 'uuid' }, 'text'],
    ['Date32', { kind: 'date' }, 'text'],
    ['DateTime', { kind: 'date_time', precision: 0, zone: undefined }, 'text'],
    ["DateTime('UTC')", { kind: 'date_time', precision: 0, zone: 'UTC' }, 'text'],
    ['DateTime64', { kind: 'date_time', precision: 3, zone: undefined }, 'text'],
    ["DateTime64(6, 'Etc/UTC')", { kind: 'date_time', precision: 6, zone: 'Etc/UTC' }, 'text'],
    ['Bool', { kind: 'bool' }, 'integer'],
    ['JSON', { kind: 'json' }, 'text'],
    ['JSON(max_dynamic_types=2, max_dynamic_paths=16)', { kind: 'json' }, 'text'],
    ['Nullable(Int8)', { kind: 'integer', nullable: true }, 'integer'],
    ['LowCardinality(Nullable(String))', { kind: 'string', nullable: true }, 'text'],
    ['Array(Nullable(Date))', { kind: 'array', nullable: false, items: { kind: 'date', nullable: true } }, 'text'],
    [
      'Map(LowCardinality(String), Array(Int8))',
      { kind: 'map', keys: { kind: 'string' }, values: { kind: 'array' } },
      'text',
    ],
  ])('reads %s', (text, expected, storage) => {
    const type = parseColumnType(text);
    expect(type).toMatchObject({ nullable: false, ...expected, text });
    expect(storageOf(type)).toBe(storage);
  });

  it.each([
    ['', 'type "": expected a type, found the end'],
    ['string', 'type "string": there is no type string; write String'],
    ["Enum8('a' = 1)", 'type "Enum8(\'a\' = 1)": there is no type Enum8 here'],
    ['constructor', 'type "constructor": there is no type constructor here'],
    ['Int24', 'type "Int24": there is no type Int24 here'],
    ['String)', 'type "String)": ")" stands behind the type'],
    ['Array(String', 'type "Array(String": expected ")", found the end'],
    ['Nullable(Array(String))', 'type "Nullable(Array(String))": Nullable cannot hold Array(String)'],
    ['Nullable(Nullable(Int8))', 'type "Nullable(Nullable(Int8))": Nullable cannot hold Nullable(Int8)'],
    [
      'Nullable(LowCardinality(String))',
      'type "Nullable(LowCardinality(String))": write LowCardinality(Nullable(…)) instead',
    ],
    ['LowCardinality(JSON)', 'type "LowCardinality(JSON)": LowCardinality cannot hold JSON'],
    ['Map(Float64, String)', 'type "Map(Float64, String)": Float64 cannot be the key of a Map'],
    [
      'Map(Nullable(String), String)',
      'type "Map(Nullable(String), String)": Nullable(String) cannot be the key of a Map',
    ],
    [
      "DateTime('Europe/Madrid')",
      'type "DateTime(\'Europe/Madrid\')": times are kept and shown in UTC, not in "Europe/Madrid"',
    ],
    ['DateTime64(10)', 'type "DateTime64(10)": "10" is not a number from 0 to 9'],
    ['Decimal(77, 2)', 'type "Decimal(77, 2)": "77" is not a number from 1 to 76'],
    ['Decimal(4, 5)', 'type "Decimal(4, 5)": "5" is not a number from 0 to 4'],
    ['FixedString(0)', 'type "FixedString(0)": "0" is not a number from 1 to 1000000'],
    ['JSON(a.b UInt32)', 'type "JSON(a.b UInt32)": "a.b UInt32" in JSON(…) cannot be honoured'],
    ['Array('.repeat(100), `type "${'Array('.repeat(6)}Arr…": it is nested more than 16 deep`],
  ])('refuses %j', (text, message) => {
    expect(thrown(() => parseColumnType(text))).toMatchObject({ code: 'invalid_schema', message });
  });
});
