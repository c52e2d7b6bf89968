// A hub as a user of the package writes it. The compiler reads it in test/package: `@ts-expect-error` fails where there
// is no error.
import { createServer } from 'node:http';
import { createHubServer, defineHub, HubException, method, RawJson, streamMethod } from 'signalr-server';

export interface ChatClient {
  Said(room: string, from: string, at: Date): void;
  Counted(total: bigint, tags: readonly string[], more?: number): void;
  Confirm(question: string): boolean;
  When(): Date;
}

export const hub = defineHub<ChatClient>()({
  Join: method(['string'], ({ groups, connectionId }, room) => {
    void groups.add(connectionId, room);
  }),
  Say: method(
    ['string', 'string', 'number'],
    ({ clients, connectionId }, room, text, times) => {
      void clients.group(room).send('Said', room, connectionId, new Date(0));
      void clients.all.send('Counted', 1n, ['a']);
      // @ts-expect-error -- the client has no such method
      void clients.all.send('Sayd', room, connectionId, new Date(0));
      // @ts-expect-error -- an argument is missing
      void clients.others.send('Said', room);
      // @ts-expect-error -- an argument of another type
      void clients.groups([room]).send('Said', room, connectionId, 0);
      if (text === '') throw new HubException('there is nothing to say');
      return { text, times: times ?? 1, at: new Date(0) };
    },
    { optional: 1 },
  ),
  Ask: method(['string'], async ({ caller }, question) => {
    const answer: boolean = await caller.invoke('Confirm', question);
    const hurried: boolean = await caller.withOptions({ timeout: 5000 }).invoke('Confirm', question);
    const time: Date | string = await caller.invoke('When');
    // @ts-expect-error -- the client answers with a boolean
    const wrong: string = await caller.invoke('Confirm', question);
    return answer && hurried && time !== wrong ? 'yes' : undefined;
  }),
  History: streamMethod(['number'], function* (_context, count) {
    for (let id = 0; id < count; id++) yield { id, at: new Date(id), note: undefined as string | undefined };
  }),
  Sum: method(['stream', 'rawStream'], async (_context, items) => {
    let sum = 0n;
    for await (const item of items) sum += BigInt(item as number);
    return sum;
  }),
  Store: method(['rawJson', 'json'], () => new RawJson('1')),
  Shapes: method([], () => ({
    map: new Map([['a', new Date(0)]]),
    set: new Set([1n]),
    bytes: new Uint8Array(1),
    pair: ['a', 1] as [string, number],
    link: new URL('http://a.example/'),
    missing: undefined,
  })),
});
export type ChatHub = typeof hub;

// @ts-expect-error -- a kind that does not exist
method(['strnig'], () => undefined);

/** A hub that declares its principal, too. */
export const guarded = defineHub<ChatClient, { readonly name: string }>()({
  WhoAmI: method([], ({ principal }) => principal.name),
});
// @ts-expect-error -- its principal has to come from somewhere
createHubServer(guarded);
createHubServer(guarded, { authenticate: () => ({ principal: { name: 'ann' } }) });

const server = createHubServer(hub, { detailedErrors: false });
const http = createServer(server.handler);
server.attach(http, '/chat');
