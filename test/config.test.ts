import { ConfigError, options } from '../src/config';
import { loadConfig } from '../src/settings/settings';

const SECRET = 'a secret of more than thirty-two bytes';

describe('loadConfig', () => {
  it('has the documented defaults', () => {
    expect(loadConfig({}, {})).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      dataDir: './data',
      corsOrigins: [],
      maxMessageBytes: 10 * 1024 * 1024,
      closeOnTokenExpiry: true,
      jwtSecret: undefined,
    });
  });

  it('takes a flag before the environment, and the environment before the default', () => {
    const env = { PORT: '1', HOST: 'a' };
    expect(loadConfig({ port: '2' }, env)).toMatchObject({ port: 2, host: 'a' });
  });

  it('takes a variable that is set to nothing for one that is not set', () => {
    expect(loadConfig({}, { PORT: '' }).port).toBe(8080);
  });

  it('takes an IPv6 address with its brackets and without, and a secret without the white space around it', () => {
    expect(loadConfig({}, { HOST: '[::1]' }).host).toBe('::1');
    expect(loadConfig({}, { HOST: '::1' }).host).toBe('::1');
    expect(loadConfig({}, { WRITER_HUB_JWT_SECRET: ` ${SECRET} \n` }).jwtSecret).toBe(SECRET);
    expect(() => loadConfig({}, { WRITER_HUB_JWT_SECRET: ' \n' })).toThrow('WRITER_HUB_JWT_SECRET is empty');
  });

  it('reads a list of origins', () => {
    expect(loadConfig({}, { WRITER_HUB_CORS_ORIGINS: 'https://a.example, https://b.example' }).corsOrigins).toEqual([
      'https://a.example',
      'https://b.example',
    ]);
  });

  it.each([
    ['https://App.example:443/', ['https://app.example']],
    ['http://localhost:80,http://localhost:5173', ['http://localhost', 'http://localhost:5173']],
    ['https://münchen.example', ['https://xn--mnchen-3ya.example']],
    ['http://[::1]:80', ['http://[::1]']],
    ['capacitor://localhost, null', ['capacitor://localhost', 'null']],
    ['*', ['*']],
  ])('reads the origins %s as browsers write them', (text, origins) => {
    expect(loadConfig({}, { WRITER_HUB_CORS_ORIGINS: text }).corsOrigins).toEqual(origins);
  });

  it.each([
    [
      'https://app.example, *',
      'has "*" beside other origins, by which any page may call: leave out the * or the others',
    ],
    ['ftp://x', 'has "ftp://x", which no page has as its origin: write http:// or https://'],
    ['https://app.example,wss://app.example', 'has "wss://app.example", which no page has as its origin'],
  ])('refuses the origins %s, of which some can never match or count', (text, reason) => {
    expect(() => loadConfig({}, { WRITER_HUB_CORS_ORIGINS: text })).toThrow(reason);
  });

  it('reads a list of proxies, and refuses what is no address', () => {
    const variable = 'WRITER_HUB_TRUSTED_PROXIES';
    expect(loadConfig({}, { [variable]: 'loopback, 10.0.0.0/8,::1' }).trustedProxies).toEqual([
      'loopback',
      '10.0.0.0/8',
      '::1',
    ]);
    for (const entry of ['nginx', '10.0.0.0/40', '*']) {
      expect(() => loadConfig({}, { [variable]: `::1,${entry}` })).toThrow(`has "${entry}", which is no address`);
    }
  });

  it.each([
    'app.example',
    'localhost:5173',
    'https://app.example/page',
    'https://*.example',
    'https://a@b.example',
    '//a',
  ])('refuses the origin %s, which can never match', (origin) => {
    const why = `has "${origin}", which is no origin such as https://app.example or http://localhost:5173`;
    const given = `https://a.example,${origin}`;
    const message = `WRITER_HUB_CORS_ORIGINS "${given}" ${why}`;
    expect(() => loadConfig({}, { WRITER_HUB_CORS_ORIGINS: given })).toThrow(new ConfigError(message));
  });

  it.each([
    [{ PORT: '70000' }, 'PORT "70000" is more than 65535: it may be from 0 to 65535'],
    [{ PORT: 'http' }, 'PORT "http" is not a whole number'],
    [{ WRITER_HUB_MAX_MESSAGE_BYTES: '1e6' }, 'WRITER_HUB_MAX_MESSAGE_BYTES "1e6" is not a whole number'],
    [
      { WRITER_HUB_MAX_MESSAGE_BYTES: '10' },
      'WRITER_HUB_MAX_MESSAGE_BYTES "10" is less than 1024: it may be from 1024 to 536870912',
    ],
    [
      { WRITER_HUB_JWT_SECRET: 'short' },
      'WRITER_HUB_JWT_SECRET has 5 bytes and needs at least 32; `openssl rand -base64 32` makes one',
    ],
    [{ WRITER_HUB_STORE: 'oracle' }, 'WRITER_HUB_STORE "oracle" is not a store this version has (sqlite, kafka)'],
    [{ WRITER_HUB_FORWARDING_ADDRESS: 'hub' }, 'WRITER_HUB_FORWARDING_ADDRESS "hub" is not host:port'],
    [
      { WRITER_HUB_FORWARDING_KEYS: 'too short' },
      'WRITER_HUB_FORWARDING_KEYS is no list of secrets of 32 characters or more',
    ],
    [{ WRITER_HUB_DETAILED_ERRORS: 'yes' }, 'WRITER_HUB_DETAILED_ERRORS "yes" is neither true nor false'],
    [{ WRITER_HUB_JWKS_URL: 'keys' }, 'WRITER_HUB_JWKS_URL "keys" is not an http or https URL'],
    [
      { WRITER_HUB_TLS_CERT_FILE: 'a' },
      'WRITER_HUB_TLS_CERT_FILE and WRITER_HUB_TLS_KEY_FILE go together: give both or neither',
    ],
    [{ WRITER_HUB_METRICS_PORT: '-1' }, 'WRITER_HUB_METRICS_PORT "-1" is less than 0: it may be from 0 to 65535'],
    [
      { WRITER_HUB_METRICS_HOST: '::' },
      'WRITER_HUB_METRICS_HOST is the address of WRITER_HUB_METRICS_PORT: give both or neither',
    ],
    [
      { WRITER_HUB_METRICS_TOKEN: 'too short' },
      'WRITER_HUB_METRICS_TOKEN is not 16 printable ASCII characters or more, without spaces',
    ],
    [{ WRITER_HUB_LOG_LEVEL: 'loud' }, 'WRITER_HUB_LOG_LEVEL "loud" is not a log level'],
  ])('refuses %j, naming the variable and the reason', (env, message) => {
    expect(() => loadConfig({}, env)).toThrow(new ConfigError(message));
  });

  it('names everything that is wrong at once, a flag by its flag', () => {
    expect(() => loadConfig({ port: 'x' }, { WRITER_HUB_STORE: 'y' })).toThrow(/^--port "x" .*\nWRITER_HUB_STORE "y" /);
  });

  it('gives every option a variable and a flag of its own', () => {
    const specs = Object.values(options);
    expect(new Set(specs.map(({ env }) => env)).size).toBe(specs.length);
    expect(new Set(specs.map(({ flag }) => flag)).size).toBe(specs.length);
  });
});
