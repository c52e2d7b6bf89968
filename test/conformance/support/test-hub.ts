import { setImmediate as turn } from 'node:timers/promises';
import { defineHub, type Hub, type HubContext, HubException, method, streamMethod } from '../../../src/signalr';
import { functionalMethods } from './functional-methods';
import type { Journal } from './journal';

/** A client of the test hub: its name is its token. */
export interface Principal {
  readonly name: string;
}

type Context = HubContext<Principal>;

/** The clients a message is for, in a form that a client can send. */
type Audience = readonly [kind: string, ...names: string[]];

/** What the test hub needs of its server. */
export interface TestHubHost {
  readonly journal: Journal;
  readonly closeConnection: (connectionId: string, options: { error?: string; allowReconnect?: boolean }) => void;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function audience({ clients }: Context, [kind, ...names]: Audience) {
  const [first = '', ...rest] = names;
  switch (kind) {
    case 'all':
      return clients.all;
    case 'allExcept':
      return clients.allExcept(names);
    case 'caller':
      return clients.caller;
    case 'others':
      return clients.others;
    case 'client':
      return clients.client(first);
    case 'clients':
      return clients.clients(names);
    case 'group':
      return clients.group(first);
    case 'groups':
      return clients.groups(names);
    case 'groupExcept':
      return clients.groupExcept(first, rest);
    case 'othersInGroup':
      return clients.othersInGroup(first);
    case 'user':
      return clients.user(first);
    case 'users':
      return clients.users(names);
    default:
      throw new HubException(`no audience ${kind}`);
  }
}

const invocations = {
  EchoAny: method(['json'], (_: Context, value) => value),
  EchoLater: method(['json'], async (_: Context, value) => {
    await turn();
    return value;
  }),
  Text: method(['string'], (_: Context, text) => text),
  Add: method(['number', 'number'], (_: Context, a, b) => a + b),
  Greet: method(['string', 'string'], (_: Context, name, greeting) => `${greeting ?? 'Hello'} ${name}`, {
    optional: 1,
  }),
  Nothing: method([], (_: Context) => undefined),
  NothingLater: method([], async (_: Context) => {
    await turn();
  }),
  Refuse: method([], (_: Context) => {
    throw new HubException('not for you');
  }),
  RefuseLater: method([], async (_: Context) => {
    await turn();
    throw new HubException('not for you, later');
  }),
  Break: method([], (_: Context) => {
    throw new Error('a secret of the server');
  }),
  Circular: method([], (_: Context) => {
    const value: Record<string, unknown> = {};
    value['itself'] = value;
    return value;
  }),
  Large: method(['number'], (_: Context, size) => 'x'.repeat(size)),
  WhoAmI: method([], ({ principal, userId }: Context) => [principal.name, userId ?? null]),
  Header: method(['string'], ({ request }: Context, name) => request.headers[name] ?? null),
  Remember: method(['string', 'json'], ({ items }: Context, key, value) => {
    items.set(key, value);
  }),
  Recall: method(['string'], ({ items }: Context, key) => items.get(key) ?? null),
};

const toClients = {
  SendTo: method(['json', 'string', 'json'], (context: Context, to, target, args) => {
    void audience(context, to as Audience).send(target, ...(args as unknown[]));
  }),
  Join: method(['string'], ({ groups, connectionId }: Context, name) => groups.add(connectionId, name)),
  Leave: method(['string'], ({ groups, connectionId }: Context, name) => groups.remove(connectionId, name)),
  Ask: method(['string', 'string', 'json'], ({ clients }: Context, id, target, args) =>
    clients.client(id).invoke(target, ...(args as unknown[])),
  ),
  AskMe: method(['string', 'json'], ({ caller }: Context, target, args) =>
    caller.invoke(target, ...(args as unknown[])),
  ),
  AskMeBriefly: method(['string'], ({ caller }: Context, target) => caller.withOptions({ timeout: 5 }).invoke(target)),
  AskMeOften: method(['string', 'number'], ({ caller }: Context, target, times) =>
    Promise.all(Array.from({ length: times }, (_, i) => caller.invoke(target, i))),
  ),
};

/** The test hub's streams to the client. */
function streams({ journal }: TestHubHost) {
  return {
    Count: streamMethod(['number'], async function* (_: Context, count) {
      for (let i = 0; i < count; i++) {
        await turn();
        yield i;
      }
    }),
    Items: streamMethod(['json'], (_: Context, items) => items as unknown[]),
    ItemsSoon: streamMethod(['json'], (_: Context, items) => Promise.resolve(items as unknown[])),
    Observed: streamMethod(['number'], (_: Context, count) => ({
      subscribe(observer: { next(item: unknown): void; complete(): void }) {
        for (let i = 0; i < count; i++) observer.next(i);
        observer.complete();
      },
    })),
    BreakAfter: streamMethod(['number', 'boolean'], async function* (_: Context, count, disclosed) {
      for (let i = 0; i < count; i++) yield i;
      await turn();
      throw disclosed ? new HubException('the source dried up') : new Error('a secret of the server');
    }),
    RefuseStream: streamMethod([], (_: Context): Iterable<unknown> => {
      throw new HubException('no stream for you');
    }),
    Endless: streamMethod(['string'], async function* (context: Context, key) {
      try {
        for (let i = 0; !context.signal.aborted; i++) {
          await turn();
          yield i;
        }
      } finally {
        journal.note(key, 'stopped');
      }
    }),
    StreamOfAnswers: streamMethod(['string', 'number'], async function* ({ caller }: Context, target, count) {
      for (let i = 0; i < count; i++) yield await caller.invoke(target, i);
    }),
    Double: streamMethod(['stream'], async function* (_: Context, items) {
      for await (const item of items) yield Number(item) * 2;
    }),
  };
}

/** The test hub's streams from the client. */
function uploads({ journal }: TestHubHost) {
  return {
    Concat: method(['string', 'stream'], async (_: Context, start, items) => {
      let text = start;
      for await (const item of items) text += String(item);
      return text;
    }),
    Collect: method(['stream'], async (_: Context, items) => {
      const all: unknown[] = [];
      for await (const item of items) all.push(item);
      return all;
    }),
    RawTexts: method(['rawStream'], async (_: Context, items) => {
      const all: string[] = [];
      for await (const item of items) all.push(Buffer.from(item).toString());
      return all;
    }),
    AskForEach: method(['string', 'stream'], async ({ caller }: Context, target, items) => {
      const answers: unknown[] = [];
      for await (const item of items) answers.push(await caller.invoke(target, item));
      return answers;
    }),
    Zip: method(['stream', 'string', 'stream'], async (_: Context, left, glue, right) => {
      const pairs: string[] = [];
      const other = right[Symbol.asyncIterator]();
      for await (const item of left) pairs.push(`${String(item)}${glue}${String((await other.next()).value)}`);
      return pairs;
    }),
    TakeOne: method(['stream'], async (_: Context, items) => {
      for await (const item of items) return item;
      return null;
    }),
    UploadTo: method(['string', 'stream'], async (_: Context, key, items) => {
      try {
        for await (const item of items) journal.note(key, item);
        journal.note(key, 'completed');
      } catch (error) {
        journal.note(key, error instanceof Error ? error.message : 'no error');
        throw error;
      }
    }),
  };
}

/** Methods through which a scenario uses the server itself. */
function controls({ journal, closeConnection }: TestHubHost) {
  return {
    Note: method(['string', 'json'], (_: Context, key, value) => {
      journal.note(key, value);
    }),
    Noted: method(['string'], (_: Context, key) => journal.next(key)),
    /** Tells the client that it runs, and never ends. */
    Hold: method(['string'], ({ caller }: Context, target) => {
      void caller.send(target);
      return new Promise(() => undefined);
    }),
    Abort: method([], (context: Context) => {
      context.abort();
    }),
    CloseMe: method(['json'], ({ connectionId }: Context, options) => {
      const { error, allowReconnect } = isRecord(options) ? options : {};
      closeConnection(connectionId, {
        ...(typeof error === 'string' ? { error } : {}),
        ...(allowReconnect === true ? { allowReconnect } : {}),
      });
    }),
  };
}

/** A hub with a method for everything a server can do. */
export function makeTestHub(host: TestHubHost): Hub<Principal> {
  return defineHub<Principal>(
    {
      ...functionalMethods<Principal>(host.journal),
      ...invocations,
      ...toClients,
      ...streams(host),
      ...uploads(host),
      ...controls(host),
    },
    {
      onConnected: ({ principal, caller, connectionId }) => {
        if (principal.name === 'unwelcome') throw new HubException('not today');
        if (principal.name === 'greeted') void caller.send('Greeting', connectionId);
      },
      onDisconnected: ({ connectionId }, error) => {
        host.journal.note(`gone:${connectionId}`, error === undefined ? 'in good order' : error.message);
      },
    },
  );
}
