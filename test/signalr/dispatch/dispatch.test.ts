import { defineHub, HubException, method } from '../../../src/signalr';
import { useHubs } from '../support/hub-servers';
import type { WireClient } from '../support/wire-client';

class Refusal extends HubException {
  override readonly name = 'Refusal';
}

const RECEIVED: string[] = [];
const circular: unknown[] = [];
circular.push(circular);

const hub = defineHub({
  Echo: method(['json'], (_, value) => value),
  Later: method(['json'], async (_, value) => Promise.resolve(value)),
  Thenable: method([], () => ({
    then: (resolve: (value: number) => void) => {
      resolve(7);
    },
  })),
  Nothing: method([], () => undefined),
  Sum: method(['number', 'number'], (_, a, b) => a + b),
  Optional: method(
    ['string', 'number', 'json'],
    (_, text, number, json) => [text, number ?? null, json ?? null, json === undefined],
    {
      optional: 2,
    },
  ),
  Raw: method(['rawJson'], (_, raw) => {
    RECEIVED.push(Buffer.from(raw).toString('latin1'));
  }),
  Throw: method([], () => {
    throw new Error('secret');
  }),
  Reject: method([], () => Promise.reject(new Error('secret'))),
  ThrowText: method([], () => {
    // Not every program throws errors.
    const thrown: unknown = 'secret';
    throw thrown;
  }),
  Refuse: method([], () => {
    throw new HubException('code: reason');
  }),
  RefuseDerived: method([], () => Promise.reject(new Refusal('code: reason'))),
  Circular: method([], () => circular),
  CallBack: method(['string'], ({ caller }, target) =>
    Promise.all([caller.send(target, 1, 'zwei', null), caller.send('other')]),
  ),
  CallBackWrong: method([], ({ caller }) => caller.send('x', circular)),
});

const hubs = useHubs();

async function connect(detailedErrors = false): Promise<WireClient> {
  const running = await hubs.run(hub, { detailedErrors });
  client = await running.connect();
  takeErrors = () => running.log.takeErrors();
  return client;
}

let client: WireClient;
let takeErrors: () => string[];

function error(text: string): object {
  return { type: 3, invocationId: 'i', error: text };
}

describe('invocation › result', () => {
  it.each([[null], [0], [false], [''], [[]], [{ a: { b: ['ü', '\u2028', '\x1e'] } }], [-1.5e-7]])(
    'echoes %j',
    async (value) => {
      await connect();
      expect(await client.invoke('Echo', value)).toEqual({ type: 3, invocationId: 'i', result: value });
      expect(await client.invoke('Later', value)).toEqual({ type: 3, invocationId: 'i', result: value });
    },
  );

  it('is null for a method that returns nothing', async () => {
    await connect();
    client.send('{"type":1,"invocationId":"i","target":"Nothing","arguments":[]}');
    expect(await client.next()).toBe('{"type":3,"invocationId":"i","result":null}');
  });

  it('is what any thenable resolves to', async () => {
    await connect();
    expect(await client.invoke('Thenable')).toMatchObject({ result: 7 });
  });

  it.each(['echo', 'ECHO', 'eChO'])('comes from the method that %s names without regard to case', async (target) => {
    await connect();
    expect(await client.invoke(target, 1)).toMatchObject({ result: 1 });
  });

  it('comes back with any id as it was sent', async () => {
    await connect();
    for (const invocationId of ['0', 'a b', '"\\', 'ü', '\n', 'x'.repeat(1000)]) {
      client.send(JSON.stringify({ type: 1, invocationId, target: 'Nothing', arguments: [] }));
      expect(await client.nextMessage()).toMatchObject({ invocationId });
    }
  });
});

describe('invocation › optional arguments', () => {
  it.each([
    [['a'], ['a', null, null, true]],
    [
      ['a', 1],
      ['a', 1, null, true],
    ],
    [
      ['a', 1, null],
      ['a', 1, null, false],
    ],
  ])('may be left out from the end: %j', async (args, result) => {
    await connect();
    expect(await client.invoke('Optional', ...args)).toMatchObject({ result });
  });
});

describe('invocation › raw argument', () => {
  it.each(['[ 1.50, 18446744073709551615 ]', '{"a":1,"a":2}', '"\\u0041ü"', '[1,]', 'nonsense'])(
    'arrives as %s was sent',
    async (raw) => {
      await connect();
      RECEIVED.length = 0;
      client.send(`{"arguments":[ ${raw} ],"invocationId":"i","target":"Raw","type":1}`);
      await client.next();
      client.sendByteByByte(`{"arguments":[ ${raw} ],"invocationId":"i","target":"Raw","type":1}`);
      await client.next();
      const bytes = Buffer.from(raw).toString('latin1');
      expect(RECEIVED).toEqual([bytes, bytes]);
    },
  );

  it('arrives with broken UTF-8, in a frame that need not be text', async () => {
    await connect();
    RECEIVED.length = 0;
    const head = Buffer.from('{"type":1,"invocationId":"i","target":"Raw","arguments":["');
    client.sendRaw(Buffer.concat([head, Buffer.of(0xff, 0xc0), Buffer.from('"]}\x1e')]), true);
    await client.next();
    expect(RECEIVED).toEqual(['"\xff\xc0"']);
  });
});

describe('invocation › failure', () => {
  const unexpected = (name: string, detail = ''): string =>
    `An unexpected error occurred invoking '${name}' on the server.${detail}`;

  it.each([
    ['Throw', unexpected('Throw'), unexpected('Throw', ' Error: secret')],
    ['reject', unexpected('reject'), unexpected('reject', ' Error: secret')],
    ['ThrowText', unexpected('ThrowText'), unexpected('ThrowText', " 'secret'")],
    [
      'Circular',
      unexpected('Circular'),
      unexpected('Circular', ' TypeError: at [0]: a value that contains itself has no JSON form'),
    ],
    [
      'CallBackWrong',
      unexpected('CallBackWrong'),
      unexpected('CallBackWrong', ' TypeError: at [0][0]: a value that contains itself has no JSON form'),
    ],
  ])('of %s is logged, and told in full only with detailed errors', async (target, text, detailed) => {
    await connect();
    expect(await client.invoke(target)).toEqual(error(text));
    expect(takeErrors()).toEqual(['hub method failed']);
    await connect(true);
    expect(await client.invoke(target)).toEqual(error(detailed));
    expect(takeErrors()).toEqual(['hub method failed']);
  });

  it.each([
    ['Refuse', unexpected('Refuse', ' HubException: code: reason')],
    ['RefuseDerived', unexpected('RefuseDerived', ' Refusal: code: reason')],
  ])('that is a HubException is told always (%s)', async (target, text) => {
    await connect();
    expect(await client.invoke(target)).toEqual(error(text));
  });

  const failed = (name: string, detail = ''): string =>
    `Failed to invoke '${name}' due to an error on the server.${detail}`;
  const wrongType =
    ' InvalidDataException: Error binding arguments. Make sure that the types of the provided values match the types of the hub method being invoked.';

  it.each([
    ['nope', [], failed('nope', ' HubException: Method does not exist.'), ''],
    ['constructor', [1], failed('constructor', ' HubException: Method does not exist.'), ''],
    ['echo', [], failed('echo'), ' InvalidDataException: Invocation provides 0 argument(s) but target expects 1.'],
    [
      'Nothing',
      [1, 2],
      failed('Nothing'),
      ' InvalidDataException: Invocation provides 2 argument(s) but target expects 0.',
    ],
    ['Sum', [1, '2'], failed('Sum'), wrongType],
    ['Optional', ['a', '2'], failed('Optional'), wrongType],
    [
      'Optional',
      [],
      failed('Optional'),
      ' InvalidDataException: Invocation provides 0 argument(s) but target expects 1 to 3.',
    ],
    [
      'Optional',
      ['a', 1, 2, 3],
      failed('Optional'),
      ' InvalidDataException: Invocation provides 4 argument(s) but target expects 1 to 3.',
    ],
  ])('of a call %s(%j) that does not fit', async (target, args, text, detail) => {
    await connect();
    expect(await client.invoke(target, ...args)).toEqual(error(text));
    await connect(true);
    expect(await client.invoke(target, ...args)).toEqual(error(text + detail));
  });

  it('of a stream invocation of a method that does not stream', async () => {
    await connect();
    client.send('{"type":4,"invocationId":"i","target":"Nothing","arguments":[]}');
    const text = "The client attempted to invoke the non-streaming 'Nothing' method with a streaming invocation.";
    expect(await client.nextMessage()).toEqual(error(text));
  });

  it('of an invocation that brings streams', async () => {
    await connect();
    client.send('{"type":1,"invocationId":"i","target":"Nothing","arguments":[],"streamIds":["1"]}');
    const text = unexpected('Nothing', ' HubException: Client sent 1 stream(s), Hub method expects 0.');
    expect(await client.nextMessage()).toEqual(error(text));
  });

  it('leaves the connection in use', async () => {
    await connect();
    await client.invoke('nope');
    await client.invoke('Refuse');
    expect(await client.invoke('Echo', 1)).toMatchObject({ result: 1 });
  });
});

describe('invocation without an id', () => {
  it.each([
    '{"type":1,"target":"Echo","arguments":[1]}',
    '{"type":1,"invocationId":"","target":"Later","arguments":[1]}',
    '{"type":1,"target":"Refuse","arguments":[]}',
    '{"type":1,"target":"nope","arguments":[]}',
    '{"type":1,"target":"Echo","arguments":[]}',
    '{"type":1,"target":"Echo","arguments":[1],"streamIds":["1"]}',
  ])('is not answered: %s', async (record) => {
    await connect();
    client.send(record, '{"type":1,"invocationId":"i","target":"Nothing","arguments":[]}');
    expect(await client.next()).toBe('{"type":3,"invocationId":"i","result":null}');
  });

  it('is logged when it fails', async () => {
    await connect();
    client.send('{"type":1,"target":"Throw","arguments":[]}');
    expect(await client.invoke('Echo', 1)).toMatchObject({ result: 1 });
    expect(takeErrors()).toEqual(['hub method failed']);
  });
});

describe('other messages', () => {
  it.each([
    '{"type":6}',
    '{"type":2,"invocationId":"9","item":1}',
    '{"type":3,"invocationId":"9","result":1}',
    '{"type":3,"invocationId":"9","error":"no"}',
    '{"type":5,"invocationId":"9"}',
    '{"type":77,"anything":[]}',
  ])('are taken without an answer: %s', async (record) => {
    await connect();
    client.sendByteByByte(record);
    client.send(record, record);
    expect(await client.invoke('Echo', 1)).toMatchObject({ result: 1 });
  });
});

describe('caller › send', () => {
  it('invokes a method of the client before the completion', async () => {
    await connect();
    client.send('{"type":1,"invocationId":"i","target":"CallBack","arguments":["hello"]}');
    expect(await client.next()).toBe('{"type":1,"target":"hello","arguments":[1,"zwei",null]}');
    expect(await client.next()).toBe('{"type":1,"target":"other","arguments":[]}');
    expect(await client.next()).toBe('{"type":3,"invocationId":"i","result":[true,true]}');
  });
});

describe('outgoing messages', () => {
  it('that fall due together leave as one WebSocket message, in order', async () => {
    await connect();
    // However slow the machine is, all are read in one turn.
    const now = performance.now();
    jest.spyOn(performance, 'now').mockReturnValue(now);
    const calls = Array.from(
      { length: 50 },
      (_, i) => `{"type":1,"invocationId":"${i}","target":"Nothing","arguments":[]}`,
    );
    client.send(...calls);
    for (let i = 0; i < 50; i++) expect(await client.nextMessage()).toMatchObject({ invocationId: String(i) });
    // The handshake response, and the completions.
    expect(client.pieces).toHaveLength(2);
  });
});
