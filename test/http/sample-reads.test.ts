import { SharedHub, freshName } from '../support/shared-hub';

const shared = new SharedHub();

const START = 1_700_000_000_000_000_000n;

/** Stores packages and gives the path of their stream's samples. */
async function stored(...packages: string[]): Promise<string> {
  const [hub, topic] = [await shared.hub(), freshName()];
  const path = `/topics/${topic}/streams/car-1/parameters/data`;
  for (const text of packages) {
    expect((await hub.post(path, Buffer.from(text))).status).toBe(200);
  }
  return path;
}

async function read(path: string, query: string): Promise<string> {
  return (await shared.hub()).read(`${path}?${query}`);
}

async function refusal(path: string, query: string): Promise<{ status: number; code: string; detail: string }> {
  const response = await (await shared.hub()).fetch(`${path}?${query}`);
  const { code, detail } = (await response.json()) as { code: string; detail: string };
  return { status: response.status, code, detail };
}

const DRIVE = `{"epoch":${START},"timestamps":[0,500000000,1000000000],
  "numericValues":{"Speed":[120.50,121.25,null],"Gear":[4,4,-0.0]},"stringValues":{"Mood":["\\u00fc","",null]},
  "binaryValues":{"Raw":["QQ==",null,null]},"tagValues":{"lap":["1","1","2"]}}`;

describe('GET samples', () => {
  it('gives them in the form of a package, digit by digit', async () => {
    const path = await stored(DRIVE);
    expect(await read(path, '')).toBe(
      `{"epoch":0,"timestamps":[${START},${START + 500_000_000n},${START + 1_000_000_000n}],` +
        '"numericValues":{"Speed":[120.50,121.25,null],"Gear":[4,4,-0.0]},"stringValues":{"Mood":["ü","",null]},' +
        '"binaryValues":{"Raw":["QQ==",null,null]},"tagValues":{"lap":["1","1","2"]},"next":null}',
    );
  });

  it('gives those that are asked for, from an epoch on, page by page', async () => {
    const path = await stored(DRIVE);
    const query = `parameters=Speed&from=${START}&epoch=${START}&limit=1`;
    const { next, ...first } = JSON.parse(await read(path, query)) as { next: string };
    const rest = { stringValues: {}, binaryValues: {} };
    const epoch = Number(START);
    expect(first).toEqual({
      ...{ epoch, timestamps: [0], numericValues: { Speed: [120.5] }, ...rest, tagValues: { lap: ['1'] } },
    });
    const second = JSON.parse(await read(path, `${query}&after=${encodeURIComponent(next)}`)) as { next: string };
    expect(second).toMatchObject({ timestamps: [500_000_000], numericValues: { Speed: [121.25] } });
  });

  it.each([
    ['limit=0', 'limit'],
    ['from=yesterday', 'from'],
    ['parameters=a,,b', 'the name of a parameter is empty'],
    ['aggregate=min', 'aggregate needs an interval'],
    [
      `parameters=${Array.from({ length: 1001 }, (_, n) => n).join(',')}`,
      '1001 parameters are named, 1000 at the most',
    ],
  ])('refuses %s', async (query, reason) => {
    const { status, code, detail } = await refusal(await stored(DRIVE), query);
    expect([status, code]).toEqual([400, 'invalid_query']);
    expect(detail).toContain(reason);
  });
});

describe('GET samples in buckets', () => {
  it('gives a column of each aggregate, with the times of those that have one', async () => {
    const path = await stored(DRIVE);
    const half = START + 500_000_000n;
    expect(await read(path, 'parameters=Speed,Mood&interval=1s&aggregate=count,min,max,mean,sum,first,last')).toBe(
      `{"interval":1000000000,"timestamps":[${START}],"numericValues":{"Speed":{"count":[2],` +
        `"min":[120.50],"minTimestamps":[${START}],"max":[121.25],"maxTimestamps":[${half}],` +
        '"mean":[120.875],"sum":[241.75],' +
        `"first":[120.50],"firstTimestamps":[${START}],"last":[121.25],"lastTimestamps":[${half}]}},` +
        `"stringValues":{"Mood":{"count":[2],"first":["ü"],"firstTimestamps":[${START}],` +
        `"last":[""],"lastTimestamps":[${half}]}},"binaryValues":{}}`,
    );
  });

  it('leaves out those without samples, or fills them', async () => {
    const path = await stored(
      `{"epoch":${START},"timestamps":[0,2000000000],"numericValues":{"a":[1,2],"b":[1,null]}}`,
    );
    const query = 'parameters=a,b&interval=1s&aggregate=count';
    const [second, third] = [START + 1_000_000_000n, START + 2_000_000_000n];
    expect(await read(path, query)).toBe(
      `{"interval":1000000000,"timestamps":[${START},${third}],` +
        '"numericValues":{"a":{"count":[1,1]},"b":{"count":[1,null]}},"stringValues":{},"binaryValues":{}}',
    );
    expect(await read(path, `${query}&fill=null`)).toBe(
      `{"interval":1000000000,"timestamps":[${START},${second},${third}],` +
        '"numericValues":{"a":{"count":[1,null,1]},"b":{"count":[1,null,null]}},"stringValues":{},"binaryValues":{}}',
    );
  });

  it('begins them where it is asked to', async () => {
    const path = await stored(DRIVE);
    const query = `parameters=Speed&interval=1s&aggregate=count&origin=${START + 250_000_000n}`;
    expect(JSON.parse(await read(path, query))).toMatchObject({ numericValues: { Speed: { count: [1, 1] } } });
  });

  it('gives the same of many parameters, however many are summed up at once', async () => {
    const names = Array.from({ length: 30 }, (_, n) => `p${n}`);
    const columns = names.map((name, n) => `"${name}":[${n},${n + 0.5}]`);
    const path = await stored(`{"epoch":${START},"timestamps":[0,1000000000],"numericValues":{${columns.join(',')}}}`);
    const answer = await read(path, `parameters=${names.join(',')}&interval=1s&aggregate=last`);
    const { numericValues } = JSON.parse(answer) as { numericValues: Record<string, { last: number[] }> };
    expect(Object.keys(numericValues)).toEqual(names);
    for (const [n, name] of names.entries()) expect(numericValues[name]?.last).toEqual([n, n + 0.5]);
  });

  it('are 10,000 of one parameter at the most, and 100,000 of all that are named together', async () => {
    const path = await stored(
      `{"epoch":${START},"timestamps":[0,2000000000,20000000000],"numericValues":{"a":[1,2,null],"b":[null,1,2]}}`,
    );
    const many = ['a', 'b', ...Array.from({ length: 98 }, (_, n) => `none-${n}`)].join(',');
    expect(
      JSON.parse(await read(path, `parameters=${many}&interval=100ms&to=${START + 3_000_000_000n}`)),
    ).toBeDefined();
    const refused = await refusal(path, `parameters=${many}&interval=19ms&origin=${START}`);
    expect([refused.status, refused.code]).toEqual([400, 'invalid_query']);
    expect(refused.detail).toContain('there are 1053 buckets between the first sample and the last, 1000 at the most');
    expect(JSON.parse(await read(path, 'parameters=a,b&interval=10ms&aggregate=count'))).toBeDefined();
    expect((await refusal(path, 'parameters=a,b&interval=1ms')).detail).toContain('18001 buckets');
  });

  it.each([
    ['interval=1s', 'interval needs parameters'],
    ['parameters=Speed&interval=1', 'interval'],
    ['parameters=Speed&interval=0s', 'interval'],
    ['parameters=Speed&interval=36501d', 'interval'],
    ['parameters=Speed&interval=1s&aggregate=median', 'aggregate'],
    ['parameters=Speed&interval=1s&fill=zero', 'fill'],
    ['parameters=Speed&interval=1s&limit=5', 'limit is about samples one by one'],
    [
      `interval=1s&parameters=${Array.from({ length: 101 }, (_, n) => n).join(',')}`,
      '101 parameters are to be summed up, 100 at the most',
    ],
  ])('refuses %s', async (query, reason) => {
    const { status, code, detail } = await refusal(await stored(DRIVE), query);
    expect([status, code]).toEqual([400, 'invalid_query']);
    expect(detail).toContain(reason);
  });
});
