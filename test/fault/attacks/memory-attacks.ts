import { aborted, openSocket, repeat, send, upgradeRequest, type Attack } from './attack';

const MEBIBYTE = 1024 * 1024;

/** An unmasked length, a mask of zeros: the payload is sent as it is. RFC 6455, section 5.2. */
function fragment(first: boolean, payload: Buffer): Buffer {
  const header = Buffer.alloc(14);
  header[0] = first ? 0x01 : 0x00;
  header[1] = 0x80 | 127;
  header.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([header, payload]);
}

/** What many peers make the server hold for them. */
export const MEMORY_ATTACKS: readonly Attack[] = [
  {
    name: '40 hub connections send fragments without an end',
    async run(target, signal) {
      const payload = Buffer.alloc(MEBIBYTE, 'x');
      const [start, more] = [fragment(true, payload), fragment(false, payload)];
      await repeat(40, signal, async () => {
        const socket = openSocket(target, signal);
        socket.resume();
        socket.write(upgradeRequest(target));
        socket.write(start);
        for (let sent = 0; sent < 78 && !socket.destroyed; sent++) {
          await new Promise((resolve) => socket.write(more, resolve));
        }
        if (!socket.destroyed)
          await Promise.race([aborted(signal), new Promise((resolve) => socket.once('close', resolve))]);
      });
    },
  },
  {
    name: '400 sockets ask for pages of 10,000 events and read nothing',
    async prepare(target) {
      const value = 'v'.repeat(600);
      const events = Array.from({ length: 10_000 }, (_, at) => ({ id: 'page', timestamp: at, value }));
      const body = JSON.stringify(events);
      const headers = { 'content-type': 'application/json' };
      await send(target, '/topics/pages/streams/s/events/data', { method: 'POST', body, headers, token: target.admin });
    },
    async run(target, signal) {
      await repeat(400, signal, async () => {
        const socket = openSocket(target, signal);
        const request = `GET /topics/pages/events/data?limit=10000 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${target.token}\r\n\r\n`;
        socket.write(request.repeat(3));
        await Promise.race([aborted(signal), new Promise((resolve) => socket.once('close', resolve))]);
      });
    },
  },
  {
    name: 'bodies of 10 MB are held open',
    async run(target, signal) {
      const body = Buffer.alloc(10 * MEBIBYTE - 10, 'x');
      const head = `POST /topics/held/streams/s/events/data HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${target.token}\r\nContent-Type: application/json\r\nContent-Length: ${10 * MEBIBYTE}\r\n\r\n`;
      await repeat(200, signal, async () => {
        const socket = openSocket(target, signal);
        socket.resume();
        socket.write(head);
        socket.write(body);
        await Promise.race([aborted(signal), new Promise((resolve) => socket.once('close', resolve))]);
      });
    },
  },
  {
    name: '5,000 sockets that say nothing',
    async run(target, signal) {
      await repeat(5000, signal, async () => {
        const socket = openSocket(target, signal);
        await Promise.race([aborted(signal), new Promise((resolve) => socket.once('close', resolve))]);
      });
    },
  },
];
