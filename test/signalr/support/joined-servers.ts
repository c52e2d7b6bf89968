import { setImmediate as turn } from 'node:timers/promises';
import { defineHub, type HubContext, type HubServer, method } from '../../../src/signalr';
import { FakeClock } from './fake-clock';
import type { HubOptions, RunningHub, useHubs } from './hub-servers';
import { MemoryBackplane } from './memory-backplane';
import type { WireClient } from './wire-client';

/** A hub whose methods do something to connections of other servers. */
export const joinedHub = defineHub({
  Id: method([], ({ connectionId }: HubContext) => connectionId),
  Join: method(['string'], ({ groups, connectionId }: HubContext, name) => groups.add(connectionId, name)),
  Put: method(['string', 'string'], ({ groups }: HubContext, id, name) => groups.add(id, name)),
  Take: method(['string', 'string'], ({ groups }: HubContext, id, name) => groups.remove(id, name)),
  Ask: method(['string', 'json'], ({ clients }: HubContext, id, value) => clients.client(id).invoke('Question', value)),
  Echo: method(['json'], (_: HubContext, value) => value),
});

/** A client of one of several servers. */
export interface Member {
  readonly client: WireClient;
  readonly id: string;
  readonly server: HubServer;
}

/** Servers that a backplane in memory joins, each with a clock of its own. */
export interface JoinedServers {
  readonly network: MemoryBackplane;
  readonly running: readonly RunningHub<undefined>[];
  readonly servers: readonly HubServer[];
  readonly clocks: readonly FakeClock[];
  /** Connects a client to a server as a user. */
  readonly join: (server: number, user?: string) => Promise<Member>;
  /** Lets heartbeats pass at these servers, or at all of them in turn. */
  readonly beat: (times: number, servers?: readonly number[]) => Promise<void>;
}

/** Lets everything that is on its way in memory arrive. */
export async function arrive(): Promise<void> {
  for (let i = 0; i < 10; i++) await turn();
}

/** Runs as many servers as wanted. */
export async function runJoined(
  hubs: ReturnType<typeof useHubs>,
  count: number,
  { network = new MemoryBackplane(), ...options }: HubOptions & { readonly network?: MemoryBackplane } = {},
): Promise<JoinedServers> {
  const clocks = Array.from({ length: count }, () => new FakeClock());
  const running: RunningHub<undefined>[] = [];
  for (const clock of clocks) {
    running.push(
      await hubs.run<undefined>(joinedHub, {
        authenticate: ({ headers }) => ({ principal: undefined, userId: headers['user'] as string | undefined }),
        // Clients of these tests send no pings, and time passes in leaps.
        keepAliveInterval: Infinity,
        ...options,
        // As another object: at the end of a test its time does not leap.
        clock: { now: () => clock.now(), date: () => clock.date(), every: (...timer) => clock.every(...timer) },
        backplane: network,
      }),
    );
  }
  await arrive();
  return {
    network,
    running,
    servers: running.map(({ server }) => server),
    clocks,
    async join(index, user) {
      const { connect, server } = running[index]!;
      const client = await connect(user === undefined ? {} : { headers: { user } });
      const { result } = (await client.invoke('Id')) as { result: string };
      return { client, id: result, server };
    },
    async beat(times, servers = clocks.map((_, index) => index)) {
      for (let i = 0; i < times; i++) {
        for (const index of servers) clocks[index]!.advance(1000);
        await arrive();
      }
    },
  };
}

/** The arguments of the calls of `M` that each client hears until it is sent an end mark. */
export async function heardBy(members: readonly Member[], act: () => unknown): Promise<unknown[][]> {
  await act();
  await arrive();
  return Promise.all(
    members.map(async ({ client, id, server }) => {
      void server.clients.client(id).send('end');
      const heard: unknown[] = [];
      for (;;) {
        const message = (await client.nextMessage()) as { target?: string; arguments?: unknown[] };
        if (message.target === 'end') return heard;
        if (message.target === 'M') heard.push(message.arguments?.[0] ?? null);
      }
    }),
  );
}
