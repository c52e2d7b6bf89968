import {
  type HubContext,
  method,
  stream,
  streamMethod,
  type ParameterKind,
  type TransportName,
} from '../../../src/signalr';
import type { Journal } from './journal';

/** As .NET's. */
class InvalidOperationException extends Error {}

/** The transports as .NET names them. */
const TRANSPORTS: Readonly<Record<TransportName, string>> = {
  webSockets: 'WebSockets',
  serverSentEvents: 'ServerSentEvents',
  longPolling: 'LongPolling',
};

/** The kinds that take what a parameter of a C# type takes; a C# `string` takes null. */
const KINDS: Readonly<Record<string, ParameterKind>> = {
  string: 'string?',
  'ChannelReader<string>': 'stream<string?>',
  CustomObject: 'json',
  ComplexObject: 'json',
};

/**
 * The hub of the functional tests of Microsoft's JavaScript client, TestHub.cs of dotnet/aspnetcore: each method with
 * the C# types of the parameters that a client sends.
 */
export const CSHARP_METHODS: Readonly<Record<string, readonly string[]>> = {
  Echo: ['string'],
  GetCallerConnectionId: [],
  GetNumRedirects: [],
  ThrowException: ['string'],
  InvokeWithString: ['string'],
  SendCustomObject: ['CustomObject'],
  Stream: [],
  InfiniteStream: [],
  StreamingConcat: ['ChannelReader<string>'],
  EmptyStream: [],
  StreamThrowException: ['string'],
  GetActiveTransportName: [],
  EchoComplexObject: ['ComplexObject'],
  SendComplexObject: [],
  GetContentTypeHeader: [],
  GetHeader: ['string'],
  GetCookie: ['string'],
};

/** The kinds of parameters that take what a C# method takes. */
export function kindsOf(csharpTypes: readonly string[]): readonly (ParameterKind | undefined)[] {
  return csharpTypes.map((type) => KINDS[type]);
}

function cookie({ request }: HubContext<unknown>, name: string | null): string | null {
  const { cookie: cookies = '' } = request.headers;
  const pairs = String(cookies)
    .split('; ')
    .map((pair) => pair.split('='));
  return pairs.find(([key]) => key === name)?.[1] ?? null;
}

/** The methods of that hub, each of the same types. */
export function functionalMethods<P>(journal: Journal) {
  type Context = HubContext<P>;
  return {
    Echo: method(['string?'], (_: Context, message) => message),
    GetCallerConnectionId: method([], ({ connectionId }: Context) => connectionId),
    GetNumRedirects: method([], ({ request }: Context) => Number(request.query.get('numRedirects'))),
    GetActiveTransportName: method([], ({ transport }: Context) => TRANSPORTS[transport]),
    ThrowException: method(['string?'], (_: Context, message) => {
      throw new InvalidOperationException(message ?? '');
    }),
    InvokeWithString: method(['string?'], ({ clients, connectionId }: Context, message) => {
      void clients.client(connectionId).send('Message', message);
    }),
    SendCustomObject: method(['json'], ({ clients, connectionId }: Context, customObject) => {
      void clients.client(connectionId).send('CustomObject', customObject);
    }),
    Stream: streamMethod([], (_: Context) => ['a', 'b', 'c']),
    InfiniteStream: streamMethod([], async function* ({ signal, caller, connectionId }: Context) {
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve);
        journal.note(`waiting:${connectionId}`, 'for the end');
      });
      void caller.send('StreamCanceled');
      yield* [];
    }),
    StreamingConcat: method([stream('string?')], async (_: Context, items) => {
      let text = '';
      for await (const item of items) text += item ?? '';
      return text;
    }),
    EmptyStream: streamMethod([], (_: Context) => []),
    StreamThrowException: streamMethod(['string?'], (_: Context, message): Iterable<string> => {
      throw new InvalidOperationException(message ?? '');
    }),
    EchoComplexObject: method(['json'], (_: Context, complexObject) => complexObject),
    SendComplexObject: method([], (_: Context) => ({
      ByteArray: new Uint8Array([1, 2, 3]),
      DateTime: new Date('2000-01-01T00:00:00Z'),
      Guid: '00010203-0405-0607-0706-050403020100',
      IntArray: [1, 2, 3],
      String: 'hello world',
    })),
    GetContentTypeHeader: method([], ({ request }: Context) => request.headers['content-type'] ?? null),
    GetHeader: method(['string?'], ({ request }: Context, name) => request.headers[(name ?? '').toLowerCase()] ?? null),
    GetCookie: method(['string?'], cookie),
    /** Of Startup.cs: `InvokeAsync<int>("Result")`. */
    ClientResult: method(['string?'], ({ clients }: Context, id) =>
      clients
        .client(id ?? '')
        .withOptions({ returns: 'int32' })
        .invoke('Result'),
    ),
  };
}
