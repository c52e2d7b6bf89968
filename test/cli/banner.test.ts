import { banner, type Started } from '../../src/cli/banner';

const STARTED: Started = {
  version: '1.2.3',
  url: 'http://127.0.0.1:8080',
  networkUrls: [],
  dataDir: '/var/lib/writer-hub',
  developmentToken: undefined,
  hasOwnSecret: true,
};

/** Lines that are commands or links: those that stand alone, indented. */
const offers = (text: string): string[] => text.split('\n').filter((line) => /^ {2}(npx|http)/.test(line));

describe('banner', () => {
  it('has one link on the first start, with the token in the fragment', () => {
    const text = banner({ ...STARTED, developmentToken: 'eyJ.a.b' });
    expect(text.match(/http\S+#token=\S+/g)).toEqual(['http://127.0.0.1:8080/#token=eyJ.a.b']);
    expect(text).toContain('writer-hub open');
  });

  it('names the command that opens the console on later starts, and no token', () => {
    const text = banner(STARTED);
    expect(offers(text)).toEqual([
      '  npx writer-hub open --data-dir /var/lib/writer-hub',
      '  npx writer-hub token --scope "create read:*" --data-dir /var/lib/writer-hub',
    ]);
    expect(text).not.toContain('eyJ');
  });

  it.each([
    ['another address than the usual one', { url: 'http://127.0.0.1:9000' }, 'open --url http://127.0.0.1:9000 --data'],
    ['a secret that was given', { hasOwnSecret: false }, 'open   (with the WRITER_HUB_JWT_SECRET of this server)'],
    ['a directory with a space', { dataDir: "/my data/it's" }, String.raw`--data-dir '/my data/it'\''s'`],
  ])('has a command that can be pasted with %s', (_, started, expected) => {
    expect(banner({ ...STARTED, ...started })).toContain(expected);
  });

  it('names the addresses for other machines', () => {
    expect(banner({ ...STARTED, networkUrls: ['http://10.0.0.7:8080'] })).toMatch(
      /listens on http:\/\/127\.0\.0\.1:8080\n {2}and for other machines on http:\/\/10\.0\.0\.7:8080\n/,
    );
  });
});
