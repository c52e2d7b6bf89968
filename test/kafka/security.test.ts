import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { BrokerPlace } from '../../src/kafka-dev/broker-files';
import { DevCluster } from '../../src/kafka-dev/dev-cluster';
import { jarDirectory } from '../../src/kafka-dev/kafka-jars';
import { Command } from '../support/command';
import { temporaryDirectory } from '../support/temporary-directory';
import { freePort } from './support/free-port';
import { refusesFor } from './support/hub-process';
import { describeKafka, freshPrefix } from './support/open-kafka-store';

const FIXTURES = path.join(__dirname, '../fixtures');
const CERTIFICATE = path.join(FIXTURES, 'localhost-cert.pem');
const [USER, PASSWORD] = ['hub', 'what-only-it-knows'];
const SCRAM = ['SCRAM-SHA-256', 'SCRAM-SHA-512'];

/** A listener beside that of the brokers among themselves. */
type Listener = 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL';
const LISTENERS: readonly Listener[] = ['SSL', 'SASL_PLAINTEXT', 'SASL_SSL'];

/** Kafka's settings for a broker that has all ways of security, at these ports. */
function secured(ports: Readonly<Record<Listener, number>>): (place: BrokerPlace) => Record<string, string> {
  return ({ port, controllerPort, directory }) => {
    const keys = path.join(directory, 'keys.pem');
    writeFileSync(
      keys,
      readFileSync(path.join(FIXTURES, 'localhost-key.pem'), 'utf8') + readFileSync(CERTIFICATE, 'utf8'),
    );
    const others = LISTENERS.map((name) => `${name}://127.0.0.1:${ports[name]}`).join(',');
    const jaas = 'org.apache.kafka.common.security';
    const modules = ['sasl_plaintext', 'sasl_ssl'].flatMap((listener) => [
      [
        `listener.name.${listener}.plain.sasl.jaas.config`,
        `${jaas}.plain.PlainLoginModule required user_${USER}="${PASSWORD}";`,
      ],
      ...SCRAM.map((name) => [
        `listener.name.${listener}.${name.toLowerCase()}.sasl.jaas.config`,
        `${jaas}.scram.ScramLoginModule required;`,
      ]),
    ]);
    return {
      listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort},${others}`,
      'advertised.listeners': `PLAINTEXT://127.0.0.1:${port},${others}`,
      'listener.security.protocol.map':
        ['PLAINTEXT', ...LISTENERS].map((name) => `${name}:${name}`).join(',') + ',CONTROLLER:PLAINTEXT',
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': keys,
      'sasl.enabled.mechanisms': ['PLAIN', ...SCRAM].join(','),
      ...(Object.fromEntries(modules) as Record<string, string>),
    };
  };
}

describeKafka('a hub on a cluster that wants to know who speaks to it', () => {
  let cluster: DevCluster;
  let ports: Readonly<Record<Listener, number>>;

  beforeAll(async () => {
    const [ssl, plain, both] = [await freePort(), await freePort(), await freePort()];
    ports = { SSL: ssl, SASL_PLAINTEXT: plain, SASL_SSL: both };
    cluster = await DevCluster.start({
      ...{ jars: jarDirectory(process.env), directory: temporaryDirectory(), brokers: 1, port: 0 },
      settings: secured(ports),
      format: SCRAM.flatMap((name) => ['--add-scram', `${name}=[name=${USER},password=${PASSWORD}]`]),
    });
  });

  afterAll(() => cluster.stop());

  function serve(listener: Listener, more: Record<string, string>): Command {
    const settings = {
      WRITER_HUB_STORE: 'kafka',
      WRITER_HUB_KAFKA_BROKERS: `127.0.0.1:${ports[listener]}`,
      WRITER_HUB_KAFKA_PREFIX: freshPrefix(),
      WRITER_HUB_KAFKA_REPLICATION: '1',
      WRITER_HUB_KAFKA_MIN_INSYNC_REPLICAS: '1',
      WRITER_HUB_KAFKA_ALLOW_UNSAFE: 'true',
      WRITER_HUB_LOG_FORMAT: 'json',
      ...(listener.endsWith('SSL') && { WRITER_HUB_KAFKA_TLS: 'true', WRITER_HUB_KAFKA_CA_FILE: CERTIFICATE }),
      ...more,
    };
    const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== ''));
    return new Command(['serve', '--port', '0', '--data-dir', temporaryDirectory()], given, { cwd: __dirname });
  }

  const sasl = (mechanism: string, password = PASSWORD): Record<string, string> => ({
    WRITER_HUB_KAFKA_SASL: mechanism,
    WRITER_HUB_KAFKA_USERNAME: USER,
    WRITER_HUB_KAFKA_PASSWORD: password,
  });

  it.each([
    ['TLS alone', 'SSL', {}],
    ['PLAIN over TLS', 'SASL_SSL', sasl('plain')],
    ['SCRAM-SHA-256 over TLS', 'SASL_SSL', sasl('scram-sha-256')],
    ['SCRAM-SHA-512 over TLS', 'SASL_SSL', sasl('scram-sha-512')],
    ['SCRAM-SHA-512 without', 'SASL_PLAINTEXT', sasl('scram-sha-512')],
  ] as const)('stores, gives back and looks at settings by %s', async (_, listener, more) => {
    const prefix = freshPrefix();
    const command = serve(listener, { ...more, WRITER_HUB_KAFKA_PREFIX: prefix });
    const [url] = await command.printed(/http:\/\/127\.0\.0\.1:\d+/);
    while (!(await fetch(`${url}/readyz`)).ok) await new Promise(setImmediate);
    const [, token = ''] = await command.printed(/#token=([\w.-]+)/);
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const address = `${url}/topics/cars/streams/s/events/data`;
    const body = JSON.stringify([{ timestamp: 1, id: 'a', value: 'v' }]);
    expect((await fetch(address, { method: 'POST', headers, body })).status).toBe(200);
    expect(await (await fetch(address, { headers })).json()).toMatchObject({ events: [{ id: 'a', value: 'v' }] });
    // Those of topics that are there already are looked at.
    const other = serve(listener, { ...more, WRITER_HUB_KAFKA_PREFIX: prefix });
    const [otherUrl] = await other.printed(/http:\/\/127\.0\.0\.1:\d+/);
    while (!(await fetch(`${otherUrl}/readyz`)).ok) await new Promise(setImmediate);
    expect(other.stdout + other.stderr).not.toContain('were not looked at');
  });

  it.each([
    ['a wrong password by PLAIN', 'SASL_SSL', sasl('plain', 'guessed'), /authentication/i],
    ['a wrong password by SCRAM', 'SASL_PLAINTEXT', sasl('scram-sha-256', 'guessed'), /authentication/i],
    ['a certificate that nobody it knows has signed', 'SSL', { WRITER_HUB_KAFKA_CA_FILE: '' }, /ssl|certificate/i],
  ] as const)('is not ready with %s, and says why', async (_, listener, more, reason) => {
    const command = serve(listener, more);
    const [url] = await command.printed(/http:\/\/127\.0\.0\.1:\d+/);
    await refusesFor(url, reason);
  });
});
