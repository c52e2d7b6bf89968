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

  it('tells who is there, once however many windows they have open', async () => {
    const url = `${await runExample('chat')}chat`;
    const [ann, bob, again] = [client(url), client(url), client(url)];
    const heard: string[] = [];
    const present: string[][] = [];
    const alone = new Promise<void>((resolve) => {
      ann.on('Present', (names: string[]) => {
        present.push(names);
        if (present.length > 1 && names.length === 1) resolve();
      });
    });
    ann.on('Said', (name: string, text: string) => heard.push(`${name}: ${text}`));
    for (const connection of [ann, bob, again]) await connection.start();
    await ann.invoke('Enter', 'kitchen', 'Ann');
    await bob.invoke('Enter', 'kitchen', 'Bob');
    await again.invoke('Enter', 'kitchen', 'Bob');
    await bob.stop();
    await again.stop();
    await alone;
    expect(heard).toEqual(['Bob: has come in', 'Bob: has left']);
    expect(present).toEqual([['Ann'], ['Ann', 'Bob'], ['Ann', 'Bob'], ['Ann', 'Bob'], ['Ann']]);
  });

  it('tells those who come what was said before they came', async () => {
    const url = `${await runExample('chat')}chat`;
    const [ann, bob] = [client(url), client(url)];
    for (const connection of [ann, bob]) await connection.start();
    await ann.invoke('Enter', 'kitchen', 'Ann');
    for (let i = 1; i <= 102; i++) await ann.invoke('Say', `${i}`);
    await bob.invoke('Enter', 'kitchen', 'Bob');
    const history: { name: string; text: string }[] = [];
    await new Promise<void>((complete, error) => {
      bob.stream<{ name: string; text: string }>('History').subscribe({
        next: (said) => history.push(said),
        complete,
        error,
      });
    });
    expect(history.map(({ text }) => text)).toEqual(Array.from({ length: 100 }, (_, i) => String(i + 3)));
    expect(history[0]).toEqual({ name: 'Ann', text: '3', at: expect.any(Number) as number });
  });
});
