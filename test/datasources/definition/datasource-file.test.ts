import fc from 'fast-check';
import { parseColumnType } from '../../../src/datasources/schema/type-parser';
import { parseDataSourceFile, renderDataSourceFile } from '../../../src/datasources/definition/datasource-file';
import { fillOf } from '../../../src/datasources/schema/default-value';
import { NOW, schemaOf, thrown } from '../support/scanning';

const LIMITS = { maxColumns: 500 };

const FILE = `# a comment
TOKEN "append" APPEND
TAGS "webhooks"

DESCRIPTION >
    Events of a webhook.

      Two lines.

SCHEMA >
    \`event_time\` DateTime64(3) \`json:$.tinybirdIngestTime\` DEFAULT now(),
    # a comment
    \`event_type\` LowCardinality(String) \`json:$.event-data.event\` DEFAULT 'un''kno\\'wn, (' CODEC(ZSTD(1)),
    \`event\` JSON(max_dynamic_types=2) \`json:$\` DEFAULT '{}',
    amount Decimal(10, 2) DEFAULT 0,
    \`flags\` UInt8 \`json:$['a.b']['it''s']\` DEFAULT toUInt8(1),
    items Array(String) \`json:$.items[:]\` DEFAULT ['x', 'it\\'s']

ENGINE "MergeTree"
ENGINE_PARTITION_KEY "toYYYYMM(event_time)"
INDEXES >
    ix event_type TYPE set(0) GRANULARITY 1
ENGINE_TTL ""
`.replace("['it''s']", "['it\\'s']");

describe('parseDataSourceFile', () => {
  it('reads the columns, their paths and defaults, and the description', () => {
    const { schema } = parseDataSourceFile(FILE, LIMITS);
    expect(schema.description).toBe('Events of a webhook.\n\n  Two lines.');
    expect(schema.columns.map(({ name, type, path, default: standIn }) => [name, type.text, path, standIn])).toEqual([
      ['event_time', 'DateTime64(3)', ['tinybirdIngestTime'], { kind: 'now' }],
      ['event_type', 'LowCardinality(String)', ['event-data', 'event'], { kind: 'constant', value: "un'kno'wn, (" }],
      ['event', 'JSON(max_dynamic_types=2)', [], { kind: 'constant', value: '{}' }],
      ['amount', 'Decimal(10, 2)', ['amount'], { kind: 'constant', value: 0 }],
      ['flags', 'UInt8', ['a.b', "it's"], { kind: 'constant', value: 1 }],
      ['items', 'Array(String)', ['items'], { kind: 'constant', value: '["x","it\'s"]' }],
    ]);
  });

  it('keeps the instructions that have no effect here', () => {
    expect(parseDataSourceFile(FILE, LIMITS).schema.kept).toEqual([
      'TOKEN "append" APPEND',
      'TAGS "webhooks"',
      'ENGINE "MergeTree"',
      'ENGINE_PARTITION_KEY "toYYYYMM(event_time)"',
      'INDEXES >\n    ix event_type TYPE set(0) GRANULARITY 1',
    ]);
  });

  it('says which instructions have no effect, each with its line and why', () => {
    expect(parseDataSourceFile(FILE, LIMITS).warnings).toEqual([
      'line 2: TOKEN has no effect here: tokens are made by "writer-hub token"',
      'line 3: TAGS has no effect here: data sources have no labels',
      'line 13: CODEC has no effect here: values are not compressed one by one',
      'line 20: ENGINE_PARTITION_KEY has no effect here: rows are not partitioned',
      'line 21: INDEXES has no effect here: columns have no indexes',
    ]);
  });

  it('does not warn of a file that is honoured completely, or of instructions without a value', () => {
    const text = 'SCHEMA >\n    a String\n\nENGINE "MergeTree"\nENGINE_SORTING_KEY ""\nENGINE_TTL ""\n';
    expect(parseDataSourceFile(text, LIMITS).warnings).toEqual([]);
  });

  it('ignores comments in a schema and between instructions, indented or not', () => {
    const text = '-- one\n  # two\nSCHEMA >\n    a String,\n-- three, (\n    -- four\n# five\n\n    b Int9\n';
    expect(thrown(() => parseDataSourceFile(text, LIMITS)).message).toMatch(/^line 9: column b: /);
    const { schema } = parseDataSourceFile(text.replace('Int9', 'Int8'), LIMITS);
    expect(schema.columns.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it.each([
    ['SHARED_WITH other', 'SHARED_WITH has no effect here: there is only one workspace; make a token with the scope'],
    ['SHARED_WITH >\n    other', 'SHARED_WITH has no effect here: there is only one workspace'],
    [
      'FORWARD_QUERY >\n    SELECT a FROM b',
      'FORWARD_QUERY has no effect here: rows that are stored are not rewritten',
    ],
    ['BACKFILL skip', 'BACKFILL has no effect here: '],
    ['ENGINE_VER "a"', 'ENGINE_VER has no effect here: rows are not merged'],
    ['ENGINE_SIGN "a"', 'ENGINE_SIGN has no effect here: rows are not merged'],
    ['ENGINE_IS_DELETED "a"', 'ENGINE_IS_DELETED has no effect here: rows are not merged'],
    ['ENGINE_SORTING_KEY "a"', 'ENGINE_SORTING_KEY has no effect here: '],
    ['ENGINE_PRIMARY_KEY "a"', 'ENGINE_PRIMARY_KEY has no effect here: '],
    ['ENGINE_SAMPLING_KEY "a"', 'ENGINE_SAMPLING_KEY has no effect here: '],
    ['ENGINE_SETTINGS "index_granularity=1"', 'ENGINE_SETTINGS has no effect here: '],
    ['KAFKA_CONNECTION_NAME mine', 'KAFKA_CONNECTION_NAME has no effect here: nothing is fetched'],
    ['KAFKA_TOPIC x', 'KAFKA_TOPIC has no effect here: nothing is fetched'],
    ['IMPORT_BUCKET_URI s3://a/*.csv', 'IMPORT_BUCKET_URI has no effect here: nothing is fetched'],
    ['ENGINE "ReplacingMergeTree"', 'ENGINE ReplacingMergeTree DOES NOT MERGE here: rows of one key are not replaced'],
    ['ENGINE ReplacingMergeTree(a)', 'ENGINE ReplacingMergeTree DOES NOT MERGE here: '],
    [
      'ENGINE "ReplicatedSummingMergeTree"',
      'ENGINE SummingMergeTree DOES NOT MERGE here: rows of one key are not added up',
    ],
    ['ENGINE "AggregatingMergeTree"', 'ENGINE AggregatingMergeTree DOES NOT MERGE here: '],
    ['ENGINE "CollapsingMergeTree"', 'ENGINE CollapsingMergeTree DOES NOT MERGE here: '],
    ['ENGINE "VersionedCollapsingMergeTree"', 'ENGINE VersionedCollapsingMergeTree DOES NOT MERGE here: '],
  ])('keeps %j, and says what it does not do', (instruction, warning) => {
    const { schema, warnings } = parseDataSourceFile(`SCHEMA >\n    a String\n\n${instruction}\n`, LIMITS);
    expect(schema.kept).toEqual([instruction]);
    expect(warnings).toEqual([expect.stringContaining(`line 4: ${warning}`) as string]);
    expect(warnings[0]!.length).toBeLessThanOrEqual(300);
    const again = parseDataSourceFile(renderDataSourceFile(schema), LIMITS);
    expect(again.schema).toEqual(schema);
  });

  const SECOND = 1000;
  const DAY = 86_400 * SECOND;
  it.each([
    ['"toDateTime(timestamp) + toIntervalDay(90)"', 90 * DAY, '90d'],
    ['"timestamp + INTERVAL 3 MONTH"', 93 * DAY, '93d'],
    ['"toDate(timestamp) + interval 1 year"', 366 * DAY, '366d'],
    ['timestamp + toIntervalHour(36)', 36 * 3600 * SECOND, '36h'],
    ['"toDate(timestamp)+toIntervalMonth(12)"', 366 * DAY, '366d'],
    ['"toStartOfDay(toDateTime(timestamp / 1000)) + INTERVAL \'2 weeks\'"', 14 * DAY, '14d'],
    ['"timestamp + INTERVAL \'10\' DAY DELETE"', 10 * DAY, '10d'],
    ['"timestamp + INTERVAL 1 YEAR + INTERVAL 1 QUARTER"', (366 + 92) * DAY, '458d'],
    ['"addDays(toDate(timestamp), 7)"', 7 * DAY, '7d'],
    ['"date_trunc(\'day\', timestamp) + toIntervalSecond(90)"', 90 * SECOND, '90s'],
    ['"timestamp + toIntervalMinute(5)"', 300 * SECOND, '5m'],
    ['>\n    timestamp\n    + toIntervalDay(1)', DAY, '1d'],
  ])('takes ENGINE_TTL %s for a retention since rows were stored', (ttl, keepFor, age) => {
    const text = `ENGINE_TTL ${ttl}\n\nSCHEMA >\n    timestamp DateTime\n`;
    const { schema, warnings } = parseDataSourceFile(text, LIMITS);
    expect(schema.keepFor).toBe(keepFor);
    expect(warnings).toEqual([
      `line 1: ENGINE_TTL is a retention of ${age} here: since a row was stored, whatever its columns say`,
    ]);
    expect(parseDataSourceFile(renderDataSourceFile(schema), LIMITS).schema).toEqual(schema);
  });

  it.each([
    ['timestamp', 'write how long rows are kept, as in "toDateTime(time) + toIntervalDay(90)"'],
    ['timestamp + 90', 'write how long rows are kept, '],
    ['timestamp + toIntervalDay(0)', 'write how long rows are kept, '],
    ['timestamp - toIntervalDay(1)', 'write how long rows are kept, '],
    ['timestamp + toIntervalDay(days)', 'write how long rows are kept, '],
    ['other + toIntervalDay(1)', 'it names no column of the schema'],
    ['timestamp + INTERVAL 200 YEAR', 'the longest is a hundred years'],
    ["timestamp + toIntervalDay(1) WHERE a = 'x'", 'all rows are kept as long as each other, whatever they hold'],
    ["timestamp + toIntervalDay(1) TO VOLUME 'slow'", 'old rows are removed, not moved'],
    ['timestamp + toIntervalDay(1) GROUP BY a SET b = max(b)', 'old rows are removed, not added up'],
  ])('refuses ENGINE_TTL %s, saying why', (ttl, why) => {
    const text = `SCHEMA >\n    timestamp DateTime\n\nENGINE_TTL "${ttl}"\n`;
    const { code, message } = thrown(() => parseDataSourceFile(text, LIMITS));
    expect([code, message]).toEqual(['invalid_schema', expect.stringContaining(why) as string]);
    expect(message).toMatch(/^line 4: ENGINE_TTL .* cannot be honoured: /);
  });

  it.each([
    ['t DateTime64(6) INFERRED', true],
    ['t DateTime64(6) inferred DEFAULT now()', true],
    ['t Nullable(DateTime) `json:$.a` INFERRED', true],
    ['t Array(DateTime64(3)) `json:$.a[:]` DEFAULT [] CODEC(ZSTD(1)) INFERRED', true],
    ['t DateTime64(6)', undefined],
    ['inferred DateTime', undefined],
  ])('reads whether a column of times was inferred, and renders it: %s', (column, inferred) => {
    const schema = schemaOf(column);
    expect(schema.columns[0]!.inferred).toBe(inferred);
    expect(parseDataSourceFile(renderDataSourceFile(schema), LIMITS).schema).toEqual(schema);
    expect(renderDataSourceFile(schema).includes(' INFERRED')).toBe(inferred === true);
  });

  it.each(['t String INFERRED', 't Int64 `json:$.a` INFERRED', 't Date INFERRED', 't Array(Date) INFERRED'])(
    'refuses to take %s for a column of times',
    (column) => {
      expect(thrown(() => schemaOf(column)).message).toMatch(
        /^line 2: column t: INFERRED says of a column of times that it takes texts alone; the type is /,
      );
    },
  );

  it('reads back what it renders, and renders the same text again', () => {
    const { schema } = parseDataSourceFile(FILE, LIMITS);
    const text = renderDataSourceFile(schema);
    expect(parseDataSourceFile(text, LIMITS).schema).toEqual(schema);
    expect(renderDataSourceFile(parseDataSourceFile(text, LIMITS).schema)).toBe(text);
  });

  it('reads lines that end as Windows ends them, and a description on one line', () => {
    const { schema } = parseDataSourceFile(
      '\ufeffDESCRIPTION Some rows\r\nSCHEMA >\r\n\t`a` Int8,\r\n\t`b` String\r\n',
      LIMITS,
    );
    expect(schema.columns.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(schema.description).toBe('Some rows');
  });

  it.each([
    ['', 'the file has no SCHEMA'],
    ['SCHEMA >\n', 'the schema has no columns'],
    ['SCHEMA >\n  a Int8\nSCHEMA >\n  b Int8', 'line 3: SCHEMA is given twice'],
    ['hello', 'line 1: expected an instruction, found "hello"'],
    ['SCHEMA >\na Int8', 'line 2: expected an instruction, found "a Int8"'],
    ['\nNODE x', 'line 2: there is no instruction NODE'],
    ['ENGINE "Null"', 'line 1: ENGINE Null cannot be honoured; rows are kept as with MergeTree'],
    ['ENGINE "Memory"', 'line 1: ENGINE Memory cannot be honoured; rows are kept as with MergeTree'],
    ['INCLUDE "a.incl"', 'line 1: there is no instruction INCLUDE; write what the other file says into this one'],
    [
      'SCHEMA >\n  a Date\nENGINE_TTL "a + toIntervalDay(1)"\nENGINE_TTL "a + toIntervalDay(2)"',
      'line 4: ENGINE_TTL is given twice',
    ],
    [
      'SCHEMA >\n  a Int8,\n  a-b Int8',
      'line 3: "a-b" cannot name a column; a name has letters, digits and _, at most 128',
    ],
    ['SCHEMA >\n  a Int8,\n  A Int8', 'there are two columns A; upper and lower case count as the same'],
    ['SCHEMA >\n  _rest Int8', 'the column name _rest is reserved'],
    ['SCHEMA >\n  a Int8,,b Int8', 'line 2: a column is missing'],
    ['SCHEMA >\n  a', 'line 2: column a: type "": expected a type, found the end'],
    ['SCHEMA >\n  a Foo', 'line 2: column a: type "Foo": there is no type Foo here'],
    ['SCHEMA >\n  a (Int8', 'line 2: ")" is missing'],
    ['SCHEMA >\n  a Int8)', 'line 2: ")" closes nothing'],
    ["SCHEMA >\n  a String DEFAULT 'x", "line 2: the quote ' has no end"],
    ['SCHEMA >\n  a Int8 MATERIALIZED b + 1', 'line 2: column a: MATERIALIZED cannot be honoured'],
    ['SCHEMA >\n  a Int8 DEFAULT', 'line 2: column a: an expression is missing behind DEFAULT'],
    ['SCHEMA >\n  a Int8 DEFAULT 300', 'line 2: column a: DEFAULT 300 is not Int8: it is out of range (-128 to 127)'],
    ['SCHEMA >\n  a Int8 DEFAULT NULL', 'line 2: column a: DEFAULT NULL needs a Nullable type, not Int8'],
    [
      'SCHEMA >\n  a DateTime64(3) DEFAULT 252460800000',
      'line 2: column a: DEFAULT 252460800000 is not DateTime64(3): it could be 9970-03-02 00:00:00 in seconds since 1970 or 1978-01-01 00:00:00.000 in milliseconds; write the time as a text',
    ],
    ['SCHEMA >\n  a Int8 DEFAULT now()', 'line 2: column a: DEFAULT now() is not Int8'],
    [
      "SCHEMA >\n  a Date DEFAULT '2024-02-30'",
      "line 2: column a: DEFAULT '2024-02-30' is not Date: there is no such day",
    ],
    ['SCHEMA >\n  a JSON DEFAULT \'{}} {"value":{}\'', 'line 2: column a: DEFAULT \'{}} {"value":{}\' is not JSON'],
    [
      'SCHEMA >\n  a UUID DEFAULT generateUUIDv4()',
      'line 2: column a: DEFAULT generateUUIDv4() cannot be honoured: it is not a constant, now() or today()',
    ],
    ['SCHEMA >\n  a Int8 `json:a`', 'line 2: column a: path "a" does not begin with $'],
    ['SCHEMA >\n  a Int8 `$.a`', 'line 2: column a: expected one path such as `json:$.field`, found `$.a`'],
    [
      'SCHEMA >\n  a Int8 `json:$.b[:]`',
      'line 2: column a: the path $.b[:] leads to elements of an array, and the type is Int8',
    ],
    [
      'SCHEMA >\n  a Array(Int8) `json:$.b[:].c`',
      'line 2: column a: path "$.b[:].c": a path into the elements of an array cannot be honoured; [:] stands only at its end',
    ],
    ['SCHEMA >\n  a Array(Int8) `json:$[:]`', 'line 2: column a: path "$[:]": a row is not an array'],
    [
      'SCHEMA >\n  a Int8 `json:$.b[0]`',
      'line 2: column a: path "$.b[0]": a path to one element of an array cannot be honoured',
    ],
    ['SCHEMA >\n  a Int8 `json:$..b`', `line 2: column a: path "$..b": expected .key or ['key'] at "..b"`],
    [
      'SCHEMA >\n  a Int8 `json:$["\\x"]`',
      String.raw`line 2: column a: path "$[\"\\x\"]": ["\x"] is not a JSON string`,
    ],
  ])('refuses %j', (text, message) => {
    expect(thrown(() => parseDataSourceFile(text, LIMITS))).toMatchObject({ code: 'invalid_schema', message });
  });

  it('refuses more columns than a data source may have', () => {
    const columns = Array.from({ length: 501 }, (_, index) => `    c${index} Int8`);
    const { message } = thrown(() => parseDataSourceFile(`SCHEMA >\n${columns.join(',\n')}`, LIMITS));
    expect(message).toBe('the schema has 501 columns; a data source has at most 500 (WRITER_HUB_MAX_COLUMNS)');
  });
});

describe('renderDataSourceFile', () => {
  /** Any text, in which what ends a line somewhere is not rare. */
  const text = (constraints: { readonly maxLength?: number } = {}) => {
    const lineEnds = fc.constantFrom('\n', '\r', '\v', '\f', '\x85', '\u2028', '\u2029');
    const unit = fc.oneof(fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), lineEnds);
    return fc.string({ unit, ...constraints });
  };
  const column = fc.record({
    type: fc.constantFrom('String', 'Nullable(Int8)', 'Array(String)', 'LowCardinality(String)', 'JSON'),
    path: fc.array(text({ maxLength: 6 }), { minLength: 1, maxLength: 3 }),
  });

  it('renders text that can be read back, whatever the keys, the defaults and the description', () => {
    fc.assert(
      fc.property(fc.array(column, { minLength: 1, maxLength: 5 }), text(), text(), (columns, value, words) => {
        // A file may have either end of a line; a description has one.
        const description = words.replace(/\r+\n/g, '\n').trim();
        const described = description === '' ? {} : { description };
        const schema = {
          columns: columns.map(({ type, path }, index) => {
            const standIn = type === 'String' ? { default: { kind: 'constant', value } as const } : {};
            return { name: `c${index}`, type: parseColumnType(type), path, ...standIn };
          }),
          ...described,
        };
        expect(parseDataSourceFile(renderDataSourceFile(schema), LIMITS).schema).toEqual(schema);
      }),
      { numRuns: 300 },
    );
  });
});

describe('fillOf', () => {
  it.each([
    ['a Nullable(Int8)', null],
    ['a Int8 DEFAULT 5', 5],
    ['a Bool DEFAULT true', 1],
    ['a Int64 DEFAULT 9223372036854775807', 9223372036854775807n],
    ['a UInt64 DEFAULT 18446744073709551615', '18446744073709551615'],
    ["a DateTime DEFAULT '2024-01-02T03:04:05+01:00'", '2024-01-02 02:04:05'],
    ['a DateTime64(6) DEFAULT now()', '2023-11-14 22:13:20.123000'],
    ['a Date DEFAULT today()', '2023-11-14'],
    ['a Array(Int8) DEFAULT [1, 2]', '[1,2]'],
  ])('is what a row without the field would have for %j', (definition, value) => {
    expect(fillOf(schemaOf(definition).columns[0]!, NOW)).toBe(value);
  });
});
