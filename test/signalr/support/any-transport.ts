import { HttpPeer } from './http-peer';
import type { RunningHub } from './hub-servers';

/** A client after its handshake, over whatever transport, that sends literal records. */
export interface AnyClient {
  /** Sends each record with its separator, all in one piece. */
  send(...records: string[]): Promise<void>;
  /** Sends records and leaves in good order without waiting in between. */
  sendAndLeave(...records: string[]): void;
  /** The next record that comes. */
  next(): Promise<string>;
  /** Leaves in good order. */
  leave(): void;
  /** Is gone without a word. */
  vanish(): void;
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
  const leave = (): void => {
    client.socket.close();
  };
  return {
    send,
    sendAndLeave(...records) {
      client.send(...records);
      leave();
    },
    next: () => client.next(),
    leave,
    vanish() {
      client.socket.terminate();
    },
  };
}

async function overEvents({ url }: RunningHub<never>, headers: Readonly<Record<string, string>>): Promise<AnyClient> {
  const [peer, events] = await HttpPeer.serverSentEvents(url, headers);
  const leave = (): void => {
    events.response.destroy();
  };
  return {
    async send(...records) {
      await peer.post(...records);
    },
    sendAndLeave(...records) {
      void peer.post(...records).then(leave);
    },
    next: () => events.next(),
    leave,
    vanish: leave,
  };
}

async function overLongPolling({ url }: RunningHub<never>, headers: Readonly<Record<string, string>>): Promise<AnyClient> {
  const peer = await HttpPeer.longPolling(url, headers);
  const records: string[] = [];
  const leave = (): void => {
    void peer.ask('DELETE');
  };
  return {
    async send(...sent) {
      await peer.post(...sent);
    },
    sendAndLeave(...sent) {
      void peer.post(...sent).then(leave);
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
    vanish: leave,
  };
}
