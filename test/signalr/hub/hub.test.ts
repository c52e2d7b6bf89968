import { createHubServer, defineHub, type HubContext, method } from '../../../src/signalr';

describe('defineHub', () => {
  it('gives handlers arguments of the types their kinds name', () => {
    const hub = defineHub<{ readonly user: string }>({
      Send: method(['string', 'number', 'boolean', 'json', 'rawJson'], (context, text, number, flag, json, raw) => {
        const types: [string, string, number, boolean, unknown, Uint8Array] = [
          context.principal.user,
          text,
          number,
          flag,
          json,
          raw,
        ];
        return types;
      }),
    });
    const context = { principal: { user: 'ann' } } as HubContext<{ readonly user: string }>;
    const raw = Buffer.from('1');
    expect(hub.method('Send')?.invoke(context, ['t', 1, true, null, raw])).toEqual(['ann', 't', 1, true, null, raw]);
  });

  it.each(['SendEventData', 'sendEventData', 'SENDEVENTDATA'])(
    'finds a method by %s, as case does not matter',
    (name) => {
      expect(defineHub({ SendEventData: method([], () => 1) }).method(name)).toBeDefined();
    },
  );

  it.each(['Send', '__proto__', 'constructor', 'toString', 'Kelvin'])('knows no method %s', (name) => {
    // The first letter is the Kelvin sign, whose lower case is a k.
    const hub = defineHub({ SendEventData: method([], () => 1), '\u212Aelvin': method([], () => 1) });
    expect(hub.method(name)).toBeUndefined();
  });

  it('refuses two methods whose names differ only in case', () => {
    expect(() => defineHub({ Send: method([], () => 1), send: method([], () => 2) })).toThrow(
      "defineHub: two methods are named 'send', if case does not matter",
    );
  });

  it('gives handlers undefined for optional parameters', () => {
    const hub = defineHub({
      Send: method(
        ['string', 'number', 'rawJson'],
        (_, text, number, raw) => {
          const types: [string, number | undefined, Uint8Array | undefined] = [text, number, raw];
          return types;
        },
        { optional: 2 },
      ),
    });
    const context = {} as HubContext;
    expect(hub.parameters('Send')).toMatchObject({ required: 1 });
    expect(hub.method('Send')?.invoke(context, ['t'])).toEqual(['t', undefined, undefined]);
  });

  it.each([-1, 2, 0.5, NaN])('refuses %p optional parameters of one', (optional) => {
    expect(() => defineHub({ M: method(['json'], () => 1, { optional }) })).toThrow(
      "defineHub: method 'M' has no such number of optional parameters",
    );
  });

  it('refuses a stream for an optional parameter, and takes one before it', () => {
    expect(() => defineHub({ M: method(['json', 'stream'], () => 1, { optional: 1 }) })).toThrow(
      "defineHub: method 'M' has a stream for an optional parameter",
    );
    const hub = defineHub({ M: method(['stream', 'json'], () => 1, { optional: 1 }) });
    expect(hub.method('M')).toMatchObject({ kinds: ['json'], required: 0, uploads: 1 });
  });

  it('refuses a method without a name, of too many parameters, of an unknown kind', () => {
    expect(() => defineHub({ '': method([], () => 1) })).toThrow('a method needs a name');
    expect(() => defineHub({ M: method(Array<'json'>(65).fill('json'), () => 1) })).toThrow(
      "method 'M' has more than 64",
    );
    expect(() => defineHub({ M: method(['text' as 'json'], () => 1) })).toThrow(
      "method 'M' has a parameter of kind 'text'",
    );
    for (const kind of ['json?', 'stream<text>', 'stream<stream>', 'string??', 'toString', '']) {
      expect(() => defineHub({ M: method([kind as 'json'], () => 1) })).toThrow(`has a parameter of kind '${kind}'`);
    }
  });
});

describe('createHubServer', () => {
  const hub = defineHub({});

  it.each([
    [{ handshakeTimeout: 0 }, 'handshakeTimeout'],
    [{ keepAliveInterval: -1 }, 'keepAliveInterval'],
    [{ clientTimeout: NaN }, 'clientTimeout'],
    [{ sendTimeout: '5' }, 'sendTimeout'],
    [{ maximumReceiveMessageSize: 1.5 }, 'maximumReceiveMessageSize'],
    [{ maximumParallelInvocations: 0 }, 'maximumParallelInvocations'],
    [{ maximumConnections: Infinity }, 'maximumConnections'],
    [{ detailedErrors: 1 }, 'detailedErrors'],
    [{ isOriginAllowed: 'https://x' }, 'isOriginAllowed'],
    [{ authenticate: true }, 'authenticate'],
    [{ streamBufferCapacity: 0 }, 'streamBufferCapacity'],
    [{ maximumStreamsPerConnection: Infinity }, 'maximumStreamsPerConnection'],
    [{ maximumGroupsPerConnection: -1 }, 'maximumGroupsPerConnection'],
    [{ clientResultTimeout: 0 }, 'clientResultTimeout'],
    [{ protocols: [] }, 'protocols'],
    [{ protocols: ['json', 'xml'] }, 'protocols'],
    [{ filters: {} }, 'filters'],
    [{ maximumMessageSize: 5 }, 'maximumMessageSize'],
  ])('refuses %p and names the option', (options, name) => {
    // As a caller without types might.
    expect(() => createHubServer(hub, options as object)).toThrow(new RegExp(`^createHubServer: option '${name}' `));
  });

  it('takes Infinity for a duration and leaves the object as it was', async () => {
    const options = Object.freeze({ clientTimeout: Infinity });
    await createHubServer(hub, options).close();
  });
});
