import { HubConnectionBuilder } from '@microsoft/signalr';
import { Command } from '../support/command';
import { atEnd, temporaryDirectory } from '../support/test-hub';
import { Reading } from './support/hub-clients';

describe('a connection', () => {
  it('reads and subscribes to any number of topics without a warning of Node.js', async () => {
    const secret = 'a secret that is long enough to sign tokens with';
    const env = { WRITER_HUB_JWT_SECRET: secret };
    const command = new Command(['serve', '--port', '0', '--data-dir', temporaryDirectory()], env);
    const [, url = ''] = await command.printed(/listens on (http:\S+)/);
    const minted = new Command(['token', '--scope', 'admin'], env);
    const token = (await minted.outcome()).stdout.trim();
    const connection = new HubConnectionBuilder()
      .withUrl(`${url}/hub`, { accessTokenFactory: () => token })
      .configureLogging('none')
      .build();
    await connection.start();
    atEnd(() => connection.stop());
    await connection.invoke('SendEventData', 't', 's', [{ id: 'e', timestamp: 1, value: 'v' }]);
    const reads = Array.from({ length: 20 }, () => ({ topic: 't', from: 'earliest' }));
    const readings = [
      ...reads.map(({ topic, from }) => new Reading(connection, topic, { from })),
      new Reading(connection, reads),
    ];
    for (const reading of readings) await reading.untilLive();
    for (let id = 0; id < 20; id++) await connection.invoke('SubscribeToEvent', 't', '*', `id-${id}`);
    command.kill('SIGTERM');
    const { code, stderr } = await command.outcome();
    expect(code).toBe(0);
    expect(stderr).not.toContain('Warning');
  });
});
