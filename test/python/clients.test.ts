import { join } from 'node:path';
import { TestHub } from '../support/test-hub';
import { PythonClients } from './support/python-clients';

const EXCHANGE = join(__dirname, 'support/exchange.py');
const EXAMPLE = join(__dirname, '../../examples/quix-migration/write_and_read.py');

/** Nanoseconds beyond what a double holds. */
const EPOCH = '1697020374684026881';

/** JSON text, so that all digits are in it. */
const DATA =
  `{"epoch":${EPOCH},"timestamps":[0,1],"numericValues":{"Speed":[0.1,null],"Big":[1e300,9007199254740993]},` +
  '"stringValues":{"Radio":["Ünï 🏁",""]},"binaryValues":{"Frame":["AP8=",null]},"tagValues":{"lap":["1",null]}}';

// signalrcore stops when something comes, be it a ping.
const start = (): Promise<TestHub> => TestHub.start({ shutdownTimeout: 200, keepAliveInterval: 200 });

interface Line {
  readonly result?: unknown;
  readonly error?: string;
  readonly method?: string;
}

const clients = new PythonClients();
const MISSING = clients.install();
if (MISSING !== undefined) process.stdout.write(`not run: ${MISSING}\n`);
const suite = MISSING === undefined ? describe : describe.skip;

afterAll(() => {
  clients.remove();
});

suite.each([
  ['signalrcore', 'json'],
  ['signalrcore', 'messagepack'],
  ['pysignalr', 'json'],
  ['pysignalr', 'messagepack'],
])('%s in %s', (client, protocol) => {
  const exchange = async (
    hub: TestHub,
    calls: readonly string[],
    { methods = [], expected = 0 }: { methods?: readonly string[]; expected?: number } = {},
  ): Promise<{ output: string; lines: Line[] }> => {
    const plan = `{"methods":${JSON.stringify(methods)},"expected":${expected},"calls":[${calls.join(',')}]}`;
    const output = await clients.run([EXCHANGE, client, protocol], hub, plan);
    const lines = output.trimEnd().split('\n');
    return { output, lines: lines.map((line) => JSON.parse(line) as Line) };
  };

  it('sends every kind of value, and has it back digit by digit', async () => {
    const hub = await start();
    const { output, lines } = await exchange(
      hub,
      [
        '["SubscribeToParameter","cars","*","*"]',
        '["SubscribeToEvent","cars","*","Lap"]',
        `["SendParameterData","cars","car-1",${DATA}]`,
        `["SendEventData","cars","car-1",[{"id":"Lap","timestamp":${EPOCH},"value":"1","tags":{"lap":"1"}}]]`,
      ],
      { methods: ['ParameterDataReceived', 'EventDataReceived'], expected: 2 },
    );
    expect(lines.slice(0, 4)).toEqual([{ result: null }, { result: null }, { result: null }, { result: null }]);
    expect(lines.map(({ method }) => method)).toEqual(
      expect.arrayContaining(['ParameterDataReceived', 'EventDataReceived']),
    );
    expect(output).toContain(
      `"epoch": ${EPOCH}, "timestamps": [0, 1], "numericValues": {"Speed": [0.1, null], "Big": [1e+300, 9007199254740993]}`,
    );
    expect(output).toContain('"stringValues": {"Radio": ["Ünï 🏁", ""]}, "binaryValues": {"Frame": ["AP8=", null]}');
    expect(output).toContain(`"id": "Lap", "timestamp": ${EPOCH}`);
    const text = await hub.read(`/topics/cars/streams/car-1/parameters/data?epoch=${EPOCH}`);
    expect(text).toContain('"timestamps":[0,1]');
    expect(text).toContain('"Big":[1e+300,9007199254740993]');
  });

  it.each([
    ['a column of another length', '{"timestamps":[1],"numericValues":{"Speed":[1,2]}}', 'Speed has 2 values for 1'],
    ['NaN', '{"timestamps":[1],"numericValues":{"Speed":[NaN]}}', /numericValues"?\]?\.?\[?"?Speed/],
  ])('is told why %s is refused, and goes on', async (_, data, reason) => {
    const hub = await start();
    const { lines } = await exchange(hub, [
      `["SendParameterData","cars","car-1",${data}]`,
      `["SendParameterData","cars","car-1",${DATA}]`,
    ]);
    expect(lines).toEqual([{ error: expect.stringMatching(reason) as string }, { result: null }]);
  });
});

suite('examples/quix-migration/write_and_read.py', () => {
  it('ends by itself when everything has come', async () => {
    const hub = await start();
    expect(await clients.run([EXAMPLE], hub)).toMatch(/\neverything has come\n$/);
  });
});
