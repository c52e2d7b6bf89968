import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { options, type OptionSpec } from '../../src/config';
import { configExample } from '../../src/settings/config-example';
import { parseConfigFile, readConfigFile } from '../../src/settings/config-file';
import { completeConfig, loadSettings } from '../../src/settings/settings';
import { temporaryDirectory } from '../support/test-hub';

const parse = (...lines: string[]) => parseConfigFile(lines.join('\n'), 'f.toml');
const load = (...lines: string[]) =>
  loadSettings({
    flags: new Map(),
    env: {},
    file: { path: 'f.toml', exposesSecret: false, ...parse(...lines) },
  });

describe('a configuration file', () => {
  it('has typed values, lists over several lines, and sizes and times with units', () => {
    const { config, origins } = load(
      '# a comment',
      'port = 8_081',
      "host = '::'",
      'close-on-token-expiry = false',
      'cors-origins = [',
      '  "https://a.example", # one',
      '  "https://b.example",',
      ']',
      'max-message-bytes = "20MiB"',
      'max-queue-bytes = "64 MB"',
      'idle-timeout-ms = "2m"',
      'retention-age = "7d"',
      'workspace = """',
      'a-b"""',
    );
    expect(config).toMatchObject({
      ...{ port: 8081, host: '::', closeOnTokenExpiry: false, corsOrigins: ['https://a.example', 'https://b.example'] },
      ...{ maxMessageBytes: 20 * 1024 * 1024, maxQueueBytes: 64_000_000, idleTimeout: 120_000 },
      ...{ retentionAge: 7 * 86_400_000, workspace: 'a-b' },
    });
    expect(origins.get('corsOrigins')).toEqual({ kind: 'file', where: 'f.toml:5' });
    expect(origins.get('workspace')).toEqual({ kind: 'file', where: 'f.toml:13' });
    expect(origins.get('maxTags')).toEqual({ kind: 'default', where: '' });
  });

  it.each([
    ['an unknown key', ['', 'prot = 1'], 'f.toml:2: prot is no option; did you mean port?'],
    [
      'the name of a variable',
      ['WRITER_HUB_DATA_DIR = "x"'],
      'f.toml:1: WRITER_HUB_DATA_DIR is no option; did you mean data-dir?',
    ],
    ['a key that resembles none', ['tls = true'], 'f.toml:1: tls is no option; see writer-hub config --example'],
    ['a number in quotes', ['port = "8080"'], 'f.toml:1: port is a text: write port = 8080, a whole number'],
    [
      'a number where a text belongs',
      ['host = 1'],
      'f.toml:1: host is a number: write host = "127.0.0.1", a text in quotes',
    ],
    [
      'a text where a truth value belongs',
      ['detailed-errors = "yes"'],
      'f.toml:1: detailed-errors is a text: write detailed-errors = false, true or false',
    ],
    [
      'a list of other things',
      ['cors-origins = [1]'],
      'f.toml:1: cors-origins has a number as item 1: write a text in quotes',
    ],
    [
      'a list with one other thing',
      ['cors-origins = ["https://a.example", true]'],
      'f.toml:1: cors-origins has a truth value as item 2: write a text in quotes',
    ],
    [
      'a text where a list belongs',
      ['cors-origins = "https://a.example,https://b.example"'],
      'f.toml:1: cors-origins is a text: write cors-origins = ["https://a.example", "https://b.example"], a list of texts',
    ],
    [
      'what looks like the name of a variable',
      ['WRITER_HUB_PORT = 1'],
      'f.toml:1: WRITER_HUB_PORT is no option; did you mean port?',
    ],
    [
      'the variable of the file of a secret',
      ['WRITER_HUB_JWT_SECRET_FILE = "x"'],
      'f.toml:1: WRITER_HUB_JWT_SECRET_FILE is no option; did you mean jwt-secret-file?',
    ],
    [
      'a secret that is too short',
      ['', 'jwt-secret = "short"'],
      'f.toml:2: jwt-secret has 5 bytes and needs at least 32; `openssl rand -base64 32` makes one',
    ],
    [
      'a list in one text',
      ['cors-origins = ["https://a.example, https://b.example"]'],
      'f.toml:1: cors-origins has "https://a.example, https://b.example": write each entry in quotes of its own',
    ],
    [
      'a duration without a unit',
      ['retention-age = 7'],
      'f.toml:1: retention-age is a number: write retention-age = "30d", a duration in quotes, such as "7d" or "24h"',
    ],
    [
      'a size in an unknown unit',
      ['max-message-bytes = "10 lots"'],
      'f.toml:1: max-message-bytes is a text: write max-message-bytes = 10485760, a whole number of bytes, or a size in quotes, such as "10MiB"',
    ],
    [
      'a date',
      ['retention-age = 2026-01-01'],
      'f.toml:1: retention-age is a date: write retention-age = "30d", a duration in quotes, such as "7d" or "24h"',
    ],
    [
      'a value out of range',
      ['max-tags = 3', 'port = 70000'],
      'f.toml:2: port = "70000" is more than 65535: it may be from 0 to 65535',
    ],
    ['a number below 0', ['port = -3'], 'f.toml:1: port = "-3" is less than 0: it may be from 0 to 65535'],
    ['a fraction', ['port = 1.5'], 'f.toml:1: port = "1.5" is not a whole number'],
    [
      'a key that stands there twice',
      ['port = 1', '', 'port = 2'],
      'f.toml:3: port stands there twice: in line 1 already',
    ],
    [
      'a key in a table',
      ['[server]', 'port = 1'],
      'f.toml:1: server is a table or stands in one: all keys stand at the top, without tables\nf.toml:2: server.port is a table or stands in one: all keys stand at the top, without tables',
    ],
    [
      'a key with dots',
      ['max.tags = 1'],
      'f.toml:1: max is a table or stands in one: all keys stand at the top, without tables',
    ],
    ['a colon', ['port = 1', 'host: "a"'], 'f.toml:2: illegal character in key'],
    ['a text without an end', ['port = 1', 'host = "a', 'max-tags = 1'], 'f.toml:2: unfinished string'],
    ['a list without an end', ['', 'cors-origins = [', '"a"', 'port = 1'], 'f.toml:'],
    [
      'a number beyond 2^53',
      ['max-topics = 99999999999999999999999'],
      'f.toml:1: max-topics = "99999999999999999999999" is more than 9007199254740991: it may be from 1 to 9007199254740991',
    ],
    [
      'a number below -(2^53)',
      ['port = -99999999999999999999'],
      'f.toml:1: port = "-99999999999999999999" is less than 0: it may be from 0 to 65535',
    ],
    [
      'a number beyond 2^53 where a text belongs',
      ['host = 99999999999999999999'],
      'f.toml:1: host is a number: write host = "127.0.0.1", a text in quotes',
    ],
    [
      'the path of a secret that is none',
      ['jwt-secret-file = 1'],
      'f.toml:1: jwt-secret-file has to be a path in quotes: jwt-secret-file = "…"',
    ],
  ])('with %s is refused with line, key and reason', (_, lines, message) => {
    expect(() => parse(...lines)).toThrow(message);
  });

  it('is refused with everything that is wrong at once, without its secrets', () => {
    const wrong = () => parse('jwt-secret = 5', 'prot = 1', 'log-level = "loud"', 'port = 80_000');
    expect(wrong).toThrow(/^f\.toml:1: .*\nf\.toml:2: .*\nf\.toml:3: log-level = "loud" is not.*\nf\.toml:4: /);
    expect(() => parse('jwt-secret = ""')).toThrow('f.toml:1: jwt-secret is empty');
  });

  it('may begin with the mark of UTF-8 and have the line ends of Windows', () => {
    expect(parse('\uFEFFport = 1\r', 'max-tags = 2\r', '').settings.get('maxTags')).toEqual({ text: '2', line: 2 });
  });

  it('is told apart from what is no such file by its size', () => {
    const path = join(temporaryDirectory(), 'large.toml');
    writeFileSync(path, '#'.repeat(2 ** 20 + 1));
    expect(() => readConfigFile(path)).toThrow('large.toml has 1048577 bytes: this is no configuration file');
  });

  it.each([
    [0o600, `jwt-secret = "${'x'.repeat(32)}"`, false],
    [0o640, `jwt-secret = "${'x'.repeat(32)}"`, false],
    [0o644, `jwt-secret = "${'x'.repeat(32)}"`, true],
    [0o644, 'jwt-secret-file = "x"', false],
  ])('of the mode %o with %s exposes a secret: %s', (mode, text, exposes) => {
    const path = join(temporaryDirectory(), 'f.toml');
    writeFileSync(path, text);
    chmodSync(path, mode);
    expect(readConfigFile(path).exposesSecret).toBe(exposes);
  });
});

describe('configExample', () => {
  const text = configExample();

  it('has every option and every file of a secret, each with what it does', () => {
    for (const { flag, secret, meaning } of Object.values<OptionSpec<unknown>>(options)) {
      expect(text).toContain(`\n# ${flag} = `);
      if (secret === true) expect(text).toContain(`\n# ${flag}-file = `);
      expect(text.replaceAll('\n# ', ' ')).toContain(meaning);
    }
  });

  it('is a file with the defaults when its lines are taken in', () => {
    expect(parseConfigFile(text, 'f.toml').settings.size).toBe(0);
    const lines = text.replace(/^# ([a-z][a-z-]*-file) = "\/run.*$/gm, '').replace(/^# ([a-z][a-z0-9-]* = )/gm, '$1');
    const { settings } = parseConfigFile(lines, 'f.toml');
    expect([...settings.keys()].toSorted()).toEqual(Object.keys(options).toSorted());
    const { config } = loadSettings({
      flags: new Map(),
      env: {},
      // Without what only several hubs have.
      file: { path: 'f', exposesSecret: false, ...parseConfigFile(lines.replace(/^forwarding-.*$/gm, ''), 'f') },
    });
    const defaults = Object.entries(completeConfig({})).filter(([, value]) => value !== undefined);
    expect(config).toMatchObject(Object.fromEntries(defaults));
  });
});
