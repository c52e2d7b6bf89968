import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../src/config';
import { findConfigPath, usualPlaces } from '../../src/settings/config-path';
import { ConfigSource } from '../../src/settings/config-source';
import { temporaryDirectory } from '../support/test-hub';

const written = (name: string, text: string): string => {
  const path = join(temporaryDirectory(), name);
  writeFileSync(path, text);
  return path;
};

const load = (flags: Record<string, string>, env: Record<string, string> = {}) =>
  new ConfigSource(new Map(Object.entries(flags)), env).load();

describe('where options are looked for', () => {
  it('flags come before the environment, that before the file, and that before defaults', () => {
    const config = written('f.toml', 'port = 1\nmax-tags = 2\nmax-topics = 3\n');
    const { config: found, origins } = load({ config, port: '11' }, { PORT: '21', WRITER_HUB_MAX_TAGS: '22' });
    expect(found).toMatchObject({ port: 11, maxTags: 22, maxTopics: 3, maxJsonDepth: 64 });
    expect([...(['port', 'maxTags', 'maxTopics', 'maxJsonDepth'] as const)].map((name) => origins.get(name))).toEqual([
      { kind: 'flag', where: '--port' },
      { kind: 'environment', where: 'WRITER_HUB_MAX_TAGS' },
      { kind: 'file', where: `${config}:3` },
      { kind: 'default', where: '' },
    ]);
  });

  it('a variable that is empty does not hide what the file says', () => {
    const config = written('f.toml', 'port = 1\n');
    expect(load({}, { WRITER_HUB_CONFIG: config, PORT: '' }).config.port).toBe(1);
  });

  it('a number may have a unit everywhere', () => {
    expect(load({ 'idle-timeout-ms': '2m' }, { WRITER_HUB_MAX_MESSAGE_BYTES: '1MiB' }).config).toMatchObject({
      idleTimeout: 120_000,
      maxMessageBytes: 1_048_576,
    });
    expect(() => load({ 'max-tags': '1MiB' })).toThrow('--max-tags "1MiB" is not a whole number');
  });
});

describe('the configuration file', () => {
  it('is that of the flag, else that of the variable, else the first at the usual places; one alone', () => {
    const [home, xdg] = [temporaryDirectory(), temporaryDirectory()];
    mkdirSync(join(xdg, 'writer-hub'));
    const user = join(xdg, 'writer-hub/writer-hub.toml');
    writeFileSync(user, '');
    const [flag, variable] = [written('a.toml', ''), written('b.toml', '')];
    const env = { HOME: home, XDG_CONFIG_HOME: xdg, WRITER_HUB_CONFIG: variable };
    expect(findConfigPath(flag, env)).toEqual({ path: flag, foundBy: 'flag', passedOver: [] });
    expect(findConfigPath(undefined, env)).toEqual({ path: variable, foundBy: 'environment', passedOver: [] });
    expect(findConfigPath(undefined, { ...env, WRITER_HUB_CONFIG: '' })).toMatchObject({
      path: user,
      foundBy: 'place',
    });
    expect(findConfigPath(undefined, { HOME: home })).toBeUndefined();
  });

  it('is looked for in the working directory, in that of the user and in that of the machine', () => {
    expect(usualPlaces({ HOME: '/home/a', XDG_CONFIG_HOME: 'relative' })).toEqual([
      join(process.cwd(), 'writer-hub.toml'),
      '/home/a/.config/writer-hub/writer-hub.toml',
      '/etc/writer-hub/writer-hub.toml',
    ]);
  });

  it('that is named and missing stops the start, with its path and the user', () => {
    const uid = process.getuid?.() ?? -1;
    const message = `--config: /nowhere/f.toml cannot be read by uid ${uid}: ENOENT: no such file or directory`;
    expect(() => load({ config: '/nowhere/f.toml' })).toThrow(new ConfigError(message));
    expect(() => load({}, { WRITER_HUB_CONFIG: '/nowhere/f.toml' })).toThrow(/^WRITER_HUB_CONFIG: \/nowhere/);
  });
});

describe('a secret in a file', () => {
  const SECRET = 'a secret of more than thirty-two bytes';

  it.each([
    ['a flag', (path: string) => load({ 'jwt-secret-file': path })],
    ['a variable', (path: string) => load({}, { WRITER_HUB_JWT_SECRET_FILE: path })],
    ['the configuration file', (path: string) => load({ config: written('f.toml', `jwt-secret-file = "${path}"`) })],
  ])('that %s names is read, and shown as coming from there', (_, from) => {
    const path = written('secret', `${SECRET}\n`);
    const { config, origins } = from(path);
    expect(config.jwtSecret).toBe(SECRET);
    expect(origins.get('jwtSecret')).toMatchObject({ secretFile: path });
  });

  it.each([
    [
      { 'jwt-secret': 'x', 'jwt-secret-file': 'y' },
      {},
      '--jwt-secret and --jwt-secret-file are both set: give one of them',
    ],
    [
      {},
      { WRITER_HUB_JWT_SECRET: 'x', WRITER_HUB_JWT_SECRET_FILE: 'y' },
      'WRITER_HUB_JWT_SECRET and WRITER_HUB_JWT_SECRET_FILE are both set: give one of them',
    ],
  ])('is refused beside the secret itself: %j %j', (flags, env, message) => {
    expect(() => load(flags, env)).toThrow(new ConfigError(message));
  });

  it('takes precedence where it is given: a flag before the secret of the environment', () => {
    const path = written('secret', SECRET);
    expect(load({ 'jwt-secret-file': path }, { WRITER_HUB_JWT_SECRET: 'z'.repeat(40) }).config.jwtSecret).toBe(SECRET);
  });

  it('that cannot be read is named, with the user', () => {
    expect(() => load({}, { WRITER_HUB_JWT_SECRET_FILE: '/nowhere/secret' })).toThrow(
      /^WRITER_HUB_JWT_SECRET_FILE: \/nowhere\/secret cannot be read by uid \d+: ENOENT/,
    );
  });

  it('that is empty is refused, and named', () => {
    const path = written('secret', '\n');
    expect(() => load({}, { WRITER_HUB_JWT_SECRET_FILE: path })).toThrow(`WRITER_HUB_JWT_SECRET_FILE ${path} is empty`);
  });
});
