import { defineHub, type HubContext, type HubServerOptions, method } from '../../../src/signalr';
import { Deferred } from './deferred';
import { FakeClock } from './fake-clock';
import type { RunningHub, useHubs } from './hub-servers';
import type { WireClient } from './wire-client';

/** A hub with stateful reconnect, and a record of what happens to it. */
export interface StatefulHub extends RunningHub<undefined> {
  readonly clock: FakeClock;
  readonly contexts: HubContext[];
  readonly disconnected: Promise<Error | undefined>;
  /** What `Note` was called with. */
  readonly noted: unknown[];
  /** Lets invocations of `Wait` end. */
  readonly end: Deferred;
  /** Negotiates stateful reconnect; the returned function opens a socket for it. */
  readonly negotiate: () => Promise<() => Promise<WireClient>>;
}

/** Runs one. */
export async function runStatefulHub(
  hubs: ReturnType<typeof useHubs>,
  options: Omit<HubServerOptions<undefined>, 'logger'> = {},
): Promise<StatefulHub> {
  const clock = new FakeClock();
  const contexts: HubContext[] = [];
  const disconnected = new Deferred<Error | undefined>();
  const noted: unknown[] = [];
  const end = new Deferred();
  const hub = defineHub(
    {
      Note: method(['json'], (_context, value) => {
        noted.push(value);
        return value;
      }),
      Wait: method([], () => end.promise),
      Leave: method([], (context) => {
        context.abort();
      }),
    },
    {
      onConnected: (context: HubContext) => void contexts.push(context),
      onDisconnected: (_context, error) => {
        disconnected.resolve(error);
      },
    },
  );
  const running = await hubs.run(hub, { clock, allowStatefulReconnects: true, ...options });
  const negotiate = async (): Promise<() => Promise<WireClient>> => {
    const query = 'negotiateVersion=1&useStatefulReconnect=true';
    const response = await fetch(`${running.url}/negotiate?${query}`, { method: 'POST' });
    const answer = (await response.json()) as { useStatefulReconnect?: boolean; connectionToken: string };
    expect(answer.useStatefulReconnect).toBe(true);
    return () => running.open(`?id=${answer.connectionToken}`);
  };
  return { ...running, clock, contexts, disconnected: disconnected.promise, noted, end, negotiate };
}

/** Completes a handshake in a version of the protocol. */
export async function handshake(client: WireClient, version = 2): Promise<void> {
  client.send(`{"protocol":"json","version":${version}}`);
  expect(await client.next()).toBe('{}');
}

/** A connection after its handshake, and a function that opens another socket for it. */
export async function connect(hub: StatefulHub): Promise<[WireClient, () => Promise<WireClient>]> {
  const open = await hub.negotiate();
  const client = await open();
  await handshake(client);
  return [client, open];
}

/** Loses a socket in a way that the server notices. */
export async function lose(hub: StatefulHub, client: WireClient): Promise<void> {
  const before = hub.log.debugged.length;
  client.socket.terminate();
  while (!hub.log.debugged.slice(before).some(({ message }) => message === 'socket lost')) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** An invocation of `Note`. */
export function note(value: unknown, invocationId = String(value)): string {
  return JSON.stringify({ type: 1, invocationId, target: 'Note', arguments: [value] });
}

/** Its completion. */
export function completion(value: unknown): string {
  return JSON.stringify({ type: 3, invocationId: String(value), result: value });
}

/** Why a socket was rejected. */
export async function rejectionOf(open: () => Promise<WireClient>): Promise<string> {
  return open().then(
    () => 'opened',
    (error: unknown) => (error as Error).message,
  );
}
