import {
  type ClientArguments,
  type ClientMethodName,
  type ClientProxy,
  createHubServer,
  defineHub,
  type HubContext,
  type HubServer,
  method,
  type SingleClientProxy,
  stream,
  streamMethod,
} from '../../src/signalr';

/** Whether two types are the same, not only assignable to each other. */
type Same<A, B> = (<T>(probe: T) => T extends A ? 1 : 2) extends <T>(probe: T) => T extends B ? 1 : 2 ? true : false;

/** Compiles only if the value is of exactly this type. */
function exactly<Expected>(): <Actual>(value: Actual, verdict: Same<Expected, Actual>) => void {
  return (_value, verdict) => {
    expect(verdict).toBe(true);
  };
}

/** Compiles only for `true`. */
function holds(verdict: true): void {
  expect(verdict).toBe(true);
}

type Refuses<F, A extends readonly unknown[]> = F extends (...args: A) => unknown ? false : true;

interface Ann {
  readonly name: 'ann';
}

/** Methods of the clients of a chat. */
interface ChatClient {
  Message(from: string, text: string): void;
  Count(total: number): void;
  Ask(question: string): Promise<string>;
}

type Context = HubContext<Ann, ChatClient>;

describe('types of a hub', () => {
  it('are inferred for arguments from the kinds of parameters', () => {
    defineHub<Ann>({
      Values: method(['json', 'rawJson', 'string', 'number', 'boolean'], (context, ...args) => {
        exactly<[unknown, Uint8Array, string, number, boolean]>()(args, true);
        exactly<Ann>()(context.principal, true);
      }),
      Streams: method(['stream', 'string', 'rawStream'], (_, ...args) => {
        exactly<[AsyncIterable<unknown>, string, AsyncIterable<Uint8Array>]>()(args, true);
      }),
      Numbers: method(['integer', 'double', 'int32', 'int64', 'decimal', 'bytes', 'date'], (_, ...args) => {
        exactly<[number, number, number, bigint, string, Uint8Array, Date]>()(args, true);
      }),
      Nullable: method(['string?', 'int64?', 'boolean?', 'date?', 'json'], (_, ...args) => {
        exactly<[string | null, bigint | null, boolean | null, Date | null, unknown]>()(args, true);
      }),
      TypedStreams: method([stream('int32'), 'stream<string?>', 'stream<rawJson>'], (_, ...args) => {
        exactly<[AsyncIterable<number>, AsyncIterable<string | null>, AsyncIterable<Uint8Array>]>()(args, true);
      }),
      Optional: method(
        ['string', 'number', 'rawJson'],
        (_, ...args) => {
          exactly<[string, number | undefined, Uint8Array | undefined]>()(args, true);
        },
        { optional: 2 },
      ),
      Answer: streamMethod(['number'], function* (context, count) {
        exactly<number>()(count, true);
        exactly<Ann>()(context.principal, true);
        yield count;
      }),
    });
  });

  it('check what is called on clients, if that is declared', () => {
    holds(true satisfies Same<ClientMethodName<ChatClient>, 'Message' | 'Count' | 'Ask'>);
    holds(true satisfies Same<ClientArguments<ChatClient['Message']>, [from: string, text: string]>);
    type Send = ClientProxy<ChatClient>['send'];
    holds(!(false satisfies Refuses<Send, ['Message', string, string]>));
    holds(true satisfies Refuses<Send, ['Message', string, number]>);
    holds(true satisfies Refuses<Send, ['Massage', string, string]>);
    type Invoke = SingleClientProxy<ChatClient>['invoke'];
    holds(true satisfies Refuses<Invoke, ['Ask', number]>);
    defineHub<Ann, ChatClient>({
      Send: method(['string'], (context, text) => {
        exactly<Context>()(context, true);
        void context.clients.others.send('Message', context.principal.name, text);
        exactly<Promise<string>>()(context.caller.invoke('Ask', text), true);
        const asked = context.caller.withOptions({ returns: 'int64?', timeout: 5 });
        exactly<Promise<bigint | null>>()(asked.invoke('Ask', text), true);
        exactly<Promise<string>>()(context.caller.withOptions({ timeout: 5 }).invoke('Ask', text), true);
      }),
    });
  });

  it('reach the server and its filters', async () => {
    const server = createHubServer(defineHub<Ann, ChatClient>({}), {
      authenticate: () => ({ principal: { name: 'ann' } }),
      filters: [
        {
          invoke: ({ context }, next) => {
            exactly<Context>()(context, true);
            return next();
          },
        },
      ],
    });
    exactly<HubServer<Ann, ChatClient>>()(server, true);
    void server.clients.all.send('Count', 1);
    await server.close();
  });

  it('let anything be called on clients, if nothing is declared', async () => {
    const hub = defineHub({
      Send: method(['string'], ({ caller }, text) => caller.send(text, 1, { any: 'thing' })),
    });
    const server = createHubServer(defineHub({ Nothing: method([], () => undefined) }));
    exactly<HubServer>()(server, true);
    expect(hub.method('Send')).toBeDefined();
    await server.close();
  });

  it('want authenticate of a server whose hub has a principal', () => {
    type Create = typeof createHubServer<Ann, ChatClient>;
    type GivenHub = Parameters<Create>[0];
    holds(true satisfies Refuses<Create, [GivenHub, { readonly detailedErrors: true }]>);
  });
});
