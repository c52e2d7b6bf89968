import { eventsPath, HttpConnection, postHead } from '../../bench/support/http-connection';
import { HubClient } from '../../bench/support/hub-client';
import type { Random } from '../../bench/support/random';
import { TOKEN } from '../../bench/support/writer-hub-server';
import type { StreamLedger } from './ledger';

/** What writers send to, which run of the server that is, and what they call after each acknowledgement. */
export interface WriterTarget {
  readonly port: number;
  readonly topic: string;
  readonly run: number;
  readonly random: Random;
  readonly onAcknowledged: () => void;
}

/** A sender that writes until its connection ends; by then it has read every answer. */
export interface Writer {
  readonly ended: Promise<void>;
}

const INVOCATIONS_IN_FLIGHT = 8;

/** Writes over the hub, several invocations at a time, to each of its streams in turn. */
export async function startHubWriter(ledgers: readonly StreamLedger[], target: WriterTarget): Promise<Writer> {
  const sent: { ledger: StreamLedger; batch: number }[] = [];
  const end = promise();
  const client = await HubClient.open(
    { port: target.port, token: TOKEN },
    {
      onCompletion(id, error) {
        const { ledger, batch } = sent[id]!;
        ledger.answer(batch, error === undefined ? 'acknowledged' : 'refused');
        if (error === undefined) target.onAcknowledged();
        send();
      },
      onClose: end.resolve,
    },
  );
  const send = (): void => {
    const ledger = ledgers[sent.length % ledgers.length]!;
    const { batch, json } = ledger.write(batchSize(target.random), target.run);
    const id = sent.push({ ledger, batch }) - 1;
    client.invoke(id, 'SendEventData', `["${target.topic}","${ledger.stream}",${json}]`);
  };
  for (let count = 0; count < INVOCATIONS_IN_FLIGHT; count++) send();
  return { ended: end.promise };
}

/** Writes over HTTP, one request at a time, to one stream. */
export async function startHttpWriter(ledger: StreamLedger, target: WriterTarget): Promise<Writer> {
  let waiting = -1;
  const end = promise();
  const connection = await HttpConnection.open(target.port, {
    onResponse(status) {
      ledger.answer(waiting, status === 200 ? 'acknowledged' : 'refused');
      if (status === 200) target.onAcknowledged();
      send();
    },
    onClose: end.resolve,
  });
  const send = (): void => {
    const { batch, json } = ledger.write(batchSize(target.random), target.run);
    waiting = batch;
    const { port, topic } = target;
    const head = postHead({ port, token: TOKEN, path: eventsPath(topic, ledger.stream) }, Buffer.byteLength(json));
    connection.send(Buffer.from(head + json));
  };
  send();
  return { ended: end.promise };
}

/**
 * Mostly a few events, sometimes many and now and then so many that they are committed in parts, so that commits of
 * every size are under way when the server is killed.
 */
function batchSize(random: Random): number {
  if (random.between(1, 100) === 1) return random.between(5000, 25_000);
  return random.between(1, 10) === 1 ? random.between(100, 600) : random.between(1, 20);
}

function promise(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const made = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise: made, resolve };
}
