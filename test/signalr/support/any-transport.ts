import { HttpPeer } from './http-peer';
import type { RunningHub } from './hub-servers';

/** A client after its handshake, over whatever transport, that sends literal records. */
export interface AnyClient {
  /** Sends each record with its separator, all in one piece. */
  send(...records: string[]): Promise<void>;
  /** Sends records and leaves in good order without waiting for an answer to them. */
  sendAndLeave(...records: string[]): Promise<void>;
  /** The next record that comes. */
  next(): Promise<string>;
  /** Leaves in good order. */
  leave(): Promise<void>;
}

export const TRANSPORTS = ['WebSockets', 'ServerSentEvents', 'LongPolling'] as const;

/** Connects over a transport and completes the handshake in JSON. */
export async function connectOver(
  transport: (typeof TRANSPORTS)[number],
  hub: RunningHub<never>,
  headers: Readonly<Record<string, string>> = {},
): Promise<AnyClient> {
  if (transport === 'WebSockets') return overWebSockets(hub, headers);
  return transport === 'LongPolling' ? overLongPolling(hub, headers) : overEvents(hub, headers);
}

async function overWebSockets(
  { connect }: RunningHub<never>,
  headers: Readonly<Record<string, string>>,
): Promise<AnyClient> {
  const client = await connect({ headers });
  const send = (...records: string[]): Promise<void> => {
    client.send(...records);
    return Promise.resolve();
  };
  const leave = async (): Promise<void> => {
    client.socket.close();
    await client.closed;
  };
  return {
    send,
    sendAndLeave(...records) {
      client.send(...records);
      return leave();
    },
    next: () => client.next(),
    leave,
  };
}

async function overEvents({ url }: RunningHub<never>, headers: Readonly<Record<string, string>>): Promise<AnyClient> {
  const [peer, events] = await HttpPeer.serverSentEvents(url, headers);
  const leave = async (): Promise<void> => {
    events.response.destroy();
    await events.closed;
  };
  return {
    async send(...records) {
      await peer.post(...records);
    },
    async sendAndLeave(...records) {
      await peer.post(...records);
      await leave();
    },
    next: () => events.next(),
    leave,
  };
}

async function overLongPolling(
  { url }: RunningHub<never>,
  headers: Readonly<Record<string, string>>,
): Promise<AnyClient> {
  const peer = await HttpPeer.longPolling(url, headers);
  const records: string[] = [];
  const leave = async (): Promise<void> => {
    await peer.ask('DELETE');
  };
  return {
    async send(...sent) {
      await peer.post(...sent);
    },
    async sendAndLeave(...sent) {
      await peer.post(...sent);
      await leave();
    },
    async next() {
      while (records.length === 0) {
        const { status, body } = await peer.poll();
        expect(status).toBe(200);
        records.push(...body.split('\x1e').slice(0, -1));
      }
      return records.shift()!;
    },
    leave,
  };
}
