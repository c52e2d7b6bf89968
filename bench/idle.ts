// `npm run bench:idle`: thousands of live readers and subscriptions for which nothing comes. Prints what each takes of
// the server's memory, and how much of a processor all of them take together.
import { request, type IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { HubClient } from './support/hub-client';
import type { ServerProcess } from './support/process';
import { cpuMicroseconds, residentMegabytes } from './support/procfs';
import { positive, print, runScript } from './support/script';
import { withTemporaryDirectory } from './support/temporary';
import { mint, startWriterHub } from './support/writer-hub-server';

const TOPICS = 10;
const IDLE_SECONDS = 10;
/** What is opened at once. */
const WAVE = 50;
/** Holders, so that none is over its share. */
const HOLDERS = 20;

const topicOf = (index: number): string => `topic-${index % TOPICS}`;

const tokens = Array.from({ length: HOLDERS }, (_, index) => mint(`reader-${index}`, 'admin'));
const tokenOf = (index: number): string => tokens[index % HOLDERS]!;

/** Does something so many times, some of them at once. */
async function inWaves(count: number, action: (index: number) => Promise<void>): Promise<void> {
  for (let from = 0; from < count; from += WAVE) {
    const size = Math.min(WAVE, count - from);
    await Promise.all(Array.from({ length: size }, (_, index) => action(from + index)));
  }
}

/** A connection that invokes some methods and waits for all their completions. */
async function openConnection(port: number, index: number, subscriptions: number): Promise<() => Promise<void>> {
  let waiting = 0;
  let settle: { resolve(): void; reject(error: Error): void } | undefined;
  const client = await HubClient.open(
    { port, token: tokenOf(index) },
    {
      onCompletion: (_, error) => {
        if (error !== undefined) settle?.reject(new Error(error));
        waiting -= 1;
        if (waiting === 0) settle?.resolve();
      },
      onClose: (reason) => {
        settle?.reject(new Error(reason));
      },
    },
  );
  return () =>
    new Promise<void>((resolve, reject) => {
      settle = { resolve, reject };
      waiting = subscriptions;
      for (let at = 0; at < subscriptions; at++) client.invoke(at, 'SubscribeToActiveStreams', `["${topicOf(at)}"]`);
    });
}

/** A reader of the events of a topic, which has come to its end. */
async function openReader(port: number, index: number): Promise<void> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = { accept: 'text/event-stream', authorization: `Bearer ${tokenOf(index)}` };
    request({ port, path: `/topics/${topicOf(index)}/events`, headers, agent: false }, resolve)
      .on('error', reject)
      .end();
  });
  if (response.statusCode !== 200) throw new Error(`an event stream was answered with ${String(response.statusCode)}`);
  await new Promise<void>((resolve) => {
    response.on('data', (chunk: Buffer) => {
      if (chunk.includes('caught-up')) resolve();
    });
  });
}

/** Memory of a server that has come to rest. */
async function settledMemory({ pid }: ServerProcess): Promise<number> {
  await pause(3000);
  return residentMegabytes(pid);
}

const each = (megabytes: number, count: number): string => `${((megabytes * 1000) / count).toFixed(1)} KB each`;

async function idle(server: ServerProcess, connections: number, subscriptions: number, readers: number): Promise<void> {
  for (let index = 0; index < TOPICS; index++) {
    const answer = await fetch(`${server.url}/topics/${topicOf(index)}/streams/s/events/data`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tokenOf(0)}`, 'content-type': 'application/json' },
      body: '[{"id":"x","timestamp":1}]',
    });
    if (answer.status !== 200) throw new Error(await answer.text());
  }
  const start = await settledMemory(server);
  const subscribe: (() => Promise<void>)[] = [];
  await inWaves(connections, async (index) => {
    subscribe.push(await openConnection(server.port, index, subscriptions));
  });
  const connected = await settledMemory(server);
  print(`${connections} hub connections: ${each(connected - start, connections)}`);
  await inWaves(connections, (index) => subscribe[index]!());
  const subscribed = await settledMemory(server);
  const all = connections * subscriptions;
  print(`${all} subscriptions to active streams, ${subscriptions} a connection: ${each(subscribed - connected, all)}`);
  await inWaves(readers, (index) => openReader(server.port, index));
  const reading = await settledMemory(server);
  print(`${readers} event streams of events: ${each(reading - subscribed, readers)}, with their sockets`);
  const before = cpuMicroseconds(server.pid);
  await pause(IDLE_SECONDS * 1000);
  const share = (cpuMicroseconds(server.pid) - before) / (IDLE_SECONDS * 1e6);
  print(
    `all ${all + readers}: ${(100 * share).toFixed(1)} % of a core in ${IDLE_SECONDS} idle seconds, keep-alives included`,
  );
  print(`server memory: ${reading.toFixed(0)} MB, ${start.toFixed(0)} MB of it before there was anybody`);
}

void runScript(5 * 60_000, async () => {
  const { values } = parseArgs({
    options: {
      connections: { type: 'string', default: '900' },
      subscriptions: { type: 'string', default: '10' },
      readers: { type: 'string', default: '1000' },
    },
  });
  const connections = positive('connections', values.connections);
  const subscriptions = Math.min(TOPICS, positive('subscriptions', values.subscriptions));
  const readers = positive('readers', values.readers);
  await withTemporaryDirectory(async (directory) => {
    const places = 2 * (connections * subscriptions + readers);
    const server = await startWriterHub(directory, { WRITER_HUB_MAX_FOLLOWERS: String(places) });
    await idle(server, connections, subscriptions, readers);
    await server.stop();
  });
  return true;
});
