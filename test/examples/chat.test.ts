import { client, runExample } from './support/example';

describe('examples/chat', () => {
  it('serves its page, and lets those in a room hear each other', async () => {
    const url = await runExample('chat');
    expect(await (await fetch(url)).text()).toContain('<title>Chat</title>');
    expect((await fetch(`${url}signalr.js`)).headers.get('content-type')).toContain('javascript');

    const [ann, bob, eve] = [client(`${url}chat`), client(`${url}chat`), client(`${url}chat`)];
    const heard: string[] = [];
    const left = new Promise<void>((resolve) => {
      ann.on('Said', (name: string, text: string) => {
        heard.push(`${name}: ${text}`);
        if (text === 'has left') resolve();
      });
    });
    for (const connection of [ann, bob, eve]) await connection.start();
    await ann.invoke('Enter', 'kitchen', 'Ann');
    await bob.invoke('Enter', 'kitchen', 'Bob');
    await eve.invoke('Enter', 'cellar', 'Eve');
    await eve.invoke('Say', 'dark here');
    await bob.invoke('Say', 'tea?');
    await expect(bob.invoke('Enter', 'cellar', 'Bob')).rejects.toThrow('One name, one room.');
    await bob.stop();
    await left;
    expect(heard).toEqual(['Bob: has come in', 'Bob: tea?', 'Bob: has left']);
  });

  it('asks those who speak to enter first', async () => {
    const connection = client(`${await runExample('chat')}chat`);
    await connection.start();
    await expect(connection.invoke('Say', 'hello?')).rejects.toThrow('Enter a room first.');
  });
});
