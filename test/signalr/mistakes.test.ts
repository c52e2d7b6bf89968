import { createServer } from 'node:http';
import express from 'express';
import * as library from '../../src/signalr';
import { RawJson } from '../../src/signalr';
import { useHubs } from './support/hub-servers';

/** Any function, as a program without types sees it. */
type Untyped = (...args: unknown[]) => unknown;

/** What the package exports, called as by a program without types. */
interface UntypedLibrary {
  readonly method: Untyped;
  readonly streamMethod: Untyped;
  readonly defineHub: Untyped;
  readonly createHubServer: (...args: unknown[]) => library.HubServer;
}

const { method, streamMethod, defineHub, createHubServer } = library as unknown as UntypedLibrary;

const add = method(['number', 'number'], () => 1);

const KINDS = /The kinds are (?:[\w?<>]+, )+…$/;

describe('a hub that is declared wrongly', () => {
  it.each<[string, () => unknown, string | RegExp]>([
    [
      'a kind misspelt',
      () => defineHub({ Add: method(['nubmer'], () => 1) }),
      "defineHub: method 'Add' has a parameter of kind 'nubmer'; did you mean 'number'? The kinds are ",
    ],
    ['all kinds are named', () => defineHub({ Add: method(['nubmer'], () => 1) }), KINDS],
    [
      'a kind in another case',
      () => defineHub({ Add: method(['rawjson'], () => 1) }),
      "kind 'rawjson'; did you mean 'rawJson'?",
    ],
    [
      'a kind that is near none',
      () => defineHub({ Add: method(['xml'], () => 1) }),
      "has a parameter of kind 'xml'; the kinds are ",
    ],
    [
      'a constructor for a kind',
      () => defineHub({ Add: method([String], () => 1) }),
      'has a parameter of kind the function String; the kinds are ',
    ],
    [
      'a kind that is missing',
      () => defineHub({ Add: method([undefined], () => 1) }),
      'of kind undefined; the kinds are',
    ],
    [
      'a plain function',
      () => defineHub({ Add: (_: unknown, a: number) => a }),
      "defineHub: 'Add' is a plain function; declare the kinds of its parameters: Add: method(['string'], function)",
    ],
    [
      'something else for a method',
      () => defineHub({ Add: 5 }),
      "defineHub: 'Add' must be made by method or streamMethod, but is the number 5",
    ],
    ['nothing for a method', () => defineHub({ Add: undefined }), 'but is undefined'],
    ['null for a method', () => defineHub({ Add: null }), 'but is null'],
    ['no methods', () => defineHub(undefined), 'defineHub: an object of methods is needed, such as { Add: method(['],
    ['a list of methods', () => defineHub([add]), ', not a list'],
    ['null for the methods', () => defineHub(null), ', not null'],
    ['a method for a hub', () => defineHub(() => 1), /, not a function$/],
    ['a name', () => defineHub('Chat', { Add: add }), ", not 'Chat'"],
    [
      'two names that differ in case',
      () => defineHub({ Add: add, ADD: add }),
      "defineHub: two methods are named 'ADD', if case does not matter",
    ],
    [
      'no kinds',
      () => method(() => 1),
      "method: first comes the list of the kinds of the parameters, such as ['string'] or [], not a function",
    ],
    ['one kind without a list', () => method('string', () => 1), "or [], not 'string'"],
    ['no kinds of a stream', () => streamMethod(), 'streamMethod: first comes the list of the kinds'],
    ['no function', () => method(['string']), 'method: behind the kinds comes the function, not undefined'],
    ['kinds behind the function', () => method([], ['string']), 'comes the function, not a list'],
    [
      'a generator as a method',
      () =>
        method([], function* () {
          yield 1;
        }),
      'method: a generator function is a stream of items; declare it with streamMethod',
    ],
    [
      'an asynchronous generator as a method',
      () =>
        method([], async function* () {
          yield await Promise.resolve(1);
        }),
      'declare it with streamMethod',
    ],
    [
      'an option of a method misspelt',
      () => method(['string'], () => 1, { optinal: 1 }),
      "method, options: 'optinal' does not exist; did you mean 'optional'?",
    ],
    [
      'a number for the options',
      () => method(['string'], () => 1, 1),
      'an object with optional is needed, not the number',
    ],
    [
      'a hook misspelt',
      () => defineHub({}, { onConnect: () => 1 }),
      "defineHub, hooks: 'onConnect' does not exist; did you mean 'onConnected'?",
    ],
    [
      'another hook',
      () => defineHub({}, { start: () => 1 }),
      "'start' does not exist; there are onConnected, onDisconnected, onAuthenticationRefreshed, onMisfit",
    ],
    ['no function for a hook', () => defineHub({}, { onConnected: true }), 'must be a function, not the boolean true'],
    ['a function for the hooks', () => defineHub({}, () => 1), 'onMisfit is needed, not a function'],
    ['no methods of a typed hub', () => (defineHub() as Untyped)(), 'an object of methods is needed'],
  ])('is told: %s', (_, declare, sentence) => {
    expect(declare).toThrow(TypeError);
    expect(declare).toThrow(sentence);
  });
});

describe('a server that is created wrongly', () => {
  const hub = defineHub({ Add: add });

  it.each<[string, readonly unknown[], string]>([
    ['no hub', [], 'createHubServer: a hub is needed, as defineHub(methods) returns it, not undefined'],
    ['null', [null], 'as defineHub(methods) returns it, not null'],
    ['methods for a hub', [{ Add: add }], 'as defineHub(methods) returns it, not an object'],
    ['something else for a hub', [new RawJson('1')], 'not an object of class RawJson'],
    ['a hub without methods', [defineHub()], 'defineHub() without methods returns one that takes them'],
    ['no object of options', [hub, 5], 'createHubServer: options are an object, such as { detailedErrors: true }, not'],
    ['null for options', [hub, null], 'not null'],
    ['a list of options', [hub, []], 'not a list'],
    [
      'an option misspelt',
      [hub, { keepAliveIntervall: 5 }],
      "option 'keepAliveIntervall' does not exist; did you mean 'keepAliveInterval'?",
    ],
    ['another option', [hub, { port: 5 }], "option 'port' does not exist"],
    [
      'a refresh without authentication',
      [hub, { enableAuthenticationRefresh: true }],
      "option 'enableAuthenticationRefresh' needs authenticate",
    ],
    [
      'a say in refreshes that there are not',
      [hub, { authenticate: () => undefined, onAuthenticationRefresh: () => true }],
      "option 'onAuthenticationRefresh' needs enableAuthenticationRefresh",
    ],
    ['an option in another case', [hub, { Authenticate: () => 1 }], "did you mean 'authenticate'?"],
    [
      'a function for the filters',
      [hub, { filters: () => 1 }],
      "option 'filters' must be a list, not the function filters",
    ],
    [
      'a filter that is a function',
      [hub, { filters: [() => 1] }],
      "option 'filters': an object with invoke, connected, disconnected is needed, not a function",
    ],
    [
      'a filter misspelt',
      [hub, { filters: [{ conected: () => 1 }] }],
      "option 'filters': 'conected' does not exist; did you mean 'connected'?",
    ],
    ['no function in a filter', [hub, { filters: [{ invoke: 1 }] }], "but 'invoke' is the number 1"],
    [
      'half a logger',
      [hub, { logger: { info: () => 1, error: () => 1 } }],
      "option 'logger' must be false, or have the methods debug, info, warn, error; debug, warn is missing",
    ],
    ['a name for a logger', [hub, { logger: 'pino' }], "option 'logger' must be false, or have the methods"],
    [
      'half a budget',
      [hub, { memory: { take: () => 1 } }],
      "option 'memory' must have the methods take, release; release",
    ],
    [
      'no clock',
      [hub, { clock: Date }],
      "option 'clock' must have the methods now, date, every; date, every is missing",
    ],
  ])('is told: %s', (_, args, sentence) => {
    const create = () => createHubServer(...args);
    expect(create).toThrow(TypeError);
    expect(create).toThrow(sentence);
  });
});

describe('a server that is attached wrongly', () => {
  const server = createHubServer(defineHub({ Add: add }));
  const http = createServer();
  const attach = server.attach.bind(server) as Untyped;

  it.each<[string, readonly unknown[], string]>([
    ['no server', [], 'attach: first comes the HTTP server, not undefined'],
    ['null', [null, '/hub'], 'comes the HTTP server, not null'],
    ['the path first', ['/hub', http], "comes the HTTP server, not '/hub'"],
    ['a port', [3000, '/hub'], 'comes the HTTP server, not the number 3000'],
    [
      'an Express app',
      [express(), '/hub'],
      'comes the HTTP server, not the function app; pass what createServer(app) or app.listen() returns',
    ],
    ['no path', [http], "attach: behind the HTTP server comes the path, such as '/hub', not undefined"],
    ['options for the path', [http, { path: '/hub' }], "such as '/hub', not an object"],
    [
      'a path without its slash',
      [http, 'hub'],
      "attach: a path begins with / and has no query, such as '/hub', unlike 'hub'",
    ],
    ['an address', [http, 'http://127.0.0.1/hub'], "unlike 'http://127.0.0.1/hub'"],
    ['a path with a query', [http, '/hub?a=1'], "unlike '/hub?a=1'"],
  ])('is told: %s', (_, args, sentence) => {
    const call = () => attach(...args);
    expect(call).toThrow(TypeError);
    expect(call).toThrow(sentence);
  });

  it('is told when its path is taken, also in another case and with a slash at the end', async () => {
    attach(http, '/hub');
    for (const path of ['/hub', '/HUB', '/hub/']) {
      expect(() => attach(http, path)).toThrow("a hub is already attached at '/hub' of this server");
    }
    await server.close();
  });

  it('is told when its handler is called instead of passed on', () => {
    const handler = server.handler as Untyped;
    expect(() => handler()).toThrow("pass the handler on as it is: app.use('/hub', server.handler)");
    expect(() => handler({})).toThrow('handler: a request and a response are needed, not an object and undefined');
  });
});

describe('a client that is called wrongly', () => {
  const server = createHubServer(defineHub({ Add: add }));
  const clients = server.clients as unknown as Record<string, Untyped> & { readonly all: Record<string, Untyped> };
  const groups = server.groups as unknown as Record<string, Untyped>;

  afterAll(() => server.close());

  it.each<[string, () => unknown, string]>([
    ['no name of a method', () => clients.all['send']!(), 'send: the name of the method is a text, not undefined'],
    [
      'an object to send',
      () => clients.all['send']!({ a: 1 }),
      'send: the name of the method is a text, not an object',
    ],
    ['no connection', () => clients['client']!(), 'clients.client: the connection id is a text, not undefined'],
    ['no group', () => clients['group']!(undefined), 'clients.group: the name of the group is a text, not undefined'],
    ['a number for a group', () => clients['group']!(7), 'is a text, not the number 7'],
    ['no user', () => clients['user']!(undefined), 'clients.user: the user id is a text, not undefined'],
    [
      'one group for several',
      () => clients['groups']!('red'),
      "clients.groups: a list of names of groups is needed, not 'red'",
    ],
    ['one user for several', () => clients['users']!('ann'), "clients.users: a list of user ids is needed, not 'ann'"],
    ['one client for several', () => clients['clients']!('id'), "a list of connection ids is needed, not 'id'"],
    [
      'one exception for several',
      () => clients['allExcept']!('id'),
      'clients.allExcept: a list of connection ids is needed',
    ],
    [
      'one exception of a group',
      () => clients['groupExcept']!('red', 'id'),
      "clients.groupExcept: a list of connection ids is needed, not 'id'",
    ],
    ['several groups for one', () => clients['group']!(['red']), 'is a text, not a list'],
    [
      'a list with no names',
      () => clients['users']!([1]),
      'clients.users: each of the user ids is a text, not the number 1',
    ],
    [
      'a group without the connection',
      () => groups['add']!('red'),
      'groups.add: the name of the group, behind the connection id, is a text, not undefined',
    ],
    [
      'no connection of a group',
      () => groups['remove']!(undefined, 'red'),
      'groups.remove: the connection id is a text',
    ],
  ])('is told: %s', (_, call, sentence) => {
    expect(call).toThrow(TypeError);
    expect(call).toThrow(sentence);
  });

  it('is told: no name of a method that is asked', async () => {
    const client = clients['client']!('id') as { invoke: (...args: unknown[]) => Promise<unknown> };
    await expect(client.invoke(5)).rejects.toThrow('invoke: the name of the method is a text, not the number 5');
  });
});

describe('authenticate that returns something else', () => {
  const hubs = useHubs();

  it.each([
    ['true', true, 'not the boolean true'],
    ['false', false, 'not the boolean false'],
    ['null', null, 'not null'],
    ['the principal itself', { sub: 'ann' }, 'not an object'],
    // It may be a token, which is not for the log.
    ['a text', 'ann', 'not a text'],
  ])('lets nobody in and says so in the log: %s', async (_, returned, sentence) => {
    const running = await hubs.run(defineHub({ Add: add }) as library.Hub, {
      authenticate: (() => returned) as unknown as () => undefined,
    });
    const { status } = await fetch(`${running.url}/negotiate?negotiateVersion=1`, { method: 'POST' });
    expect(status).toBe(500);
    const [{ fields } = { fields: {} }] = running.log.errors;
    expect((fields as { err: Error }).err.message).toBe(
      `authenticate: { principal, userId }, { refusal } or undefined must be returned, ${sentence}`,
    );
    expect(running.log.takeErrors()).toEqual(['admitting a request failed']);
  });
});
