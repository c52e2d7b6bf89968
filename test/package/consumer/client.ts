// Clients of that hub, as they are written for a page or for Node.js. The compiler reads it in test/package.
import { type HubConnection, HubConnectionBuilder, Subject } from '@microsoft/signalr';
import type { ClientStream, HubCalls, MethodName, StreamName, TypedHubConnection } from 'signalr-server/client-types';
import type { ChatHub } from './hub.js';

/** Whether two types are the same, not only assignable to each other. */
type Same<A, B> = (<T>(probe: T) => T extends A ? 1 : 2) extends <T>(probe: T) => T extends B ? 1 : 2 ? true : false;

/** Compiles only if the value is of exactly this type. */
declare function exactly<Expected>(): <Actual>(value: Actual, verdict: Same<Expected, Actual>) => void;

declare const stock: HubConnection;

export const connection: TypedHubConnection<ChatHub> = new HubConnectionBuilder().withUrl('/chat').build();
export const binary: TypedHubConnection<ChatHub, 'messagepack'> = stock;
export const calls: HubCalls<ChatHub> = stock;

export async function results(): Promise<void> {
  exactly<'Join' | 'Say' | 'Ask' | 'Sum' | 'Store' | 'Shapes'>()({} as MethodName<ChatHub>, true);
  exactly<'History'>()({} as StreamName<ChatHub>, true);
  await connection.start();
  exactly<Promise<void>>()(connection.invoke('Join', 'red'), true);
  // JSON has no dates; MessagePack has.
  const said = await connection.invoke('Say', 'red', 'hello');
  exactly<{ text: string; times: number; at: string }>()(said, true);
  exactly<{ text: string; times: number; at: Date }>()(await binary.invoke('Say', 'red', 'hello', 3), true);
  exactly<'yes' | null>()(await connection.invoke('Ask', 'now?'), true);
  exactly<number>()(await connection.invoke('Sum', new Subject<number>(), new Subject<string>()), true);
  exactly<unknown>()(await connection.invoke('Store', { any: 'thing' }, 1), true);
  const shapes = await connection.invoke('Shapes');
  exactly<Record<string, string>>()(shapes.map, true);
  exactly<number[]>()(shapes.set, true);
  exactly<string>()(shapes.bytes, true);
  exactly<[string, number]>()(shapes.pair, true);
  exactly<string>()(shapes.link, true);
  exactly<undefined>()(shapes.missing, true);
  exactly<Uint8Array>()((await binary.invoke('Shapes')).bytes, true);
  await connection.send('Join', 'red');
}

export function streams(): void {
  const history = connection.stream('History', 10);
  exactly<ClientStream<{ id: number; at: string; note: string | undefined }>>()(history, true);
  history.subscribe({ next: ({ id }) => id.toFixed(), error: () => undefined, complete: () => undefined }).dispose();
}

export function handlers(): void {
  connection.on('Said', (...args) => {
    exactly<[room: string, from: string, at: string]>()(args, true);
  });
  binary.on('Said', (_room, _from, at) => {
    exactly<Date>()(at, true);
  });
  connection.on('Counted', (total, tags, more) => {
    exactly<number>()(total, true);
    exactly<readonly string[]>()(tags, true);
    exactly<number | null | undefined>()(more, true);
  });
  connection.on('Confirm', (question) => question !== '');
  connection.on('Confirm', async (question) => Promise.resolve(question !== ''));
  connection.on('When', () => new Date());
  const handler = (room: string): string => room;
  connection.on('Said', handler);
  connection.off('Said', handler);
  connection.off('Said');
}

export async function refused(): Promise<void> {
  // @ts-expect-error -- there is no such method
  await connection.invoke('Jion', 'red');
  // @ts-expect-error -- an argument of another type
  await connection.invoke('Join', 1);
  // @ts-expect-error -- an argument is missing
  await connection.invoke('Join');
  // @ts-expect-error -- an argument too many
  await connection.invoke('Join', 'red', 'blue');
  // @ts-expect-error -- a stream has no result
  await connection.invoke('History', 10);
  // @ts-expect-error -- a result is no stream
  connection.stream('Join', 'red');
  // @ts-expect-error -- an argument of another type
  await connection.send('Say', 'red', 1);
  // @ts-expect-error -- no stream to upload
  await connection.invoke('Sum', [1], new Subject<string>());
  // @ts-expect-error -- the hub calls no such method
  connection.on('Sayd', () => undefined);
  // @ts-expect-error -- an argument of another type
  connection.on('Said', (room: number) => room);
  // @ts-expect-error -- the hub asks for a boolean
  connection.on('Confirm', () => 'yes');
  // @ts-expect-error -- the hub calls no such method
  connection.off('Sayd');
}
