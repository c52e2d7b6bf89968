import { DevCluster } from '../../src/kafka-dev/dev-cluster';
import { jarDirectory } from '../../src/kafka-dev/kafka-jars';
import type { KafkaStore } from '../../src/store/kafka/kafka-store';
import { batchAt, idsOf, readAll, send } from '../store/support/batches';
import { temporaryDirectory } from '../support/temporary-directory';
import { describeKafka, openKafkaStore } from './support/open-kafka-store';

/** Each of the senders appends to a stream of its own, one event after another, until it is told to stop. */
async function sendUntil(stopped: () => boolean, store: KafkaStore, streamId: string): Promise<number> {
  let sent = 0;
  while (!stopped()) {
    await send(store, streamId, batchAt(sent + 1));
    sent += 1;
  }
  return sent;
}

describeKafka('stores on a cluster whose brokers are killed', () => {
  let cluster: DevCluster;
  const stores: KafkaStore[] = [];

  beforeAll(async () => {
    const settings = { 'broker.session.timeout.ms': 3000, 'broker.heartbeat.interval.ms': 500 };
    const options = { jars: jarDirectory(process.env), directory: temporaryDirectory(), brokers: 3, port: 0, settings };
    cluster = await DevCluster.start(options);
    for (let n = 0; n < 2; n++)
      stores.push(await openKafkaStore({ prefix: 'faults-', cluster: { brokers: cluster.addresses } }));
  });

  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await cluster.stop();
  });

  it('lose nothing that was acknowledged, store nothing twice or out of order, and come to the same', async () => {
    let isOver = false;
    const senders = [0, 1, 2, 3].map((n) => sendUntil(() => isOver, stores[n % 2]!, `s${n}`));
    for (const broker of [1, 2, 3]) {
      await cluster.signalBroker(broker, 'SIGKILL');
      // Until there is another leader, nothing is acknowledged; when there is, this is.
      await send(stores[0]!, `after-${broker}`, batchAt(1));
      await cluster.startBroker(broker);
    }
    isOver = true;
    const counts = await Promise.all(senders);
    for (const store of stores) {
      await store.log.resolve('t', { position: await send(stores[0]!, 'end', batchAt(1)) });
      for (const [n, count] of counts.entries()) {
        const ids = idsOf(await readAll(store, { streamId: `s${n}` }));
        expect(ids).toEqual(Array.from({ length: count }, (_, index) => String(index + 1)));
      }
    }
    const [one, other] = await Promise.all(stores.map((store) => readAll(store)));
    expect(other!.slice(0, one!.length)).toEqual(one!.slice(0, other!.length));
  });
});
