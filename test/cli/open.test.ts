import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'jsonwebtoken';
import { openerOf } from '../../src/cli/open-browser';
import { run } from '../support/command';
import { runHere } from '../support/command-here';
import { TestHub, temporaryDirectory } from '../support/test-hub';
import { until } from './backup/support';

describe('writer-hub open', () => {
  it('prints an address that is signed in as an administrator for an hour, where there is no browser', async () => {
    const hub = await TestHub.start({ jwtSecret: undefined });
    const { code, stdout, stderr } = await run(['open', '--url', hub.url, '--data-dir', hub.hub.dataDir]);
    expect(code).toBe(0);
    expect(stderr).toContain('there is no browser here');
    const [, address = '', token = ''] = /^(http\S+)\/#token=(\S+)\n$/.exec(stdout) ?? [];
    expect(address).toBe(hub.url);
    const claims = decode(token, { json: true });
    expect([claims?.['scope'], (claims?.exp ?? 0) - (claims?.iat ?? 0)]).toEqual(['admin', 3600]);
    expect((await hub.fetch('/topics', { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
  });

  it('opens the browser that is there, and shows the token nowhere', async () => {
    const hub = await TestHub.start({ jwtSecret: undefined });
    const folder = temporaryDirectory();
    const [browser, opened] = [join(folder, 'browser'), join(folder, 'opened')];
    writeFileSync(browser, `#!/bin/sh\nprintf %s "$1" > ${opened}.new && mv ${opened}.new ${opened}\n`);
    chmodSync(browser, 0o755);
    const args = ['open', '--url', hub.url, '--data-dir', hub.hub.dataDir];
    const { code, stdout, stderr } = await runHere(args, { env: { BROWSER: browser } });
    expect([code, stdout, stderr]).toEqual([0, '', `opened ${hub.url} in the browser\n`]);
    await until(() => existsSync(opened));
    expect(readFileSync(opened, 'utf8')).toMatch(/\/#token=eyJ/);
  });

  it('prints the address when the browser is not there after all', async () => {
    const hub = await TestHub.start();
    const given = { env: { BROWSER: '/nowhere/browser', WRITER_HUB_TOKEN: 'mine' } };
    const { code, stdout } = await runHere(['open', '--url', hub.url], given);
    expect([code, stdout]).toEqual([0, `${hub.url}/#token=mine\n`]);
  });

  it('opens nothing with --print, and needs no server for it', async () => {
    const given = { env: { BROWSER: '/nowhere/browser', WRITER_HUB_TOKEN: 'a+b' } };
    const { code, stdout, stderr } = await runHere(['open', '--print', '--url', 'http://127.0.0.1:1/hub/'], given);
    expect([code, stdout, stderr]).toEqual([0, 'http://127.0.0.1:1/hub/#token=a%2Bb\n', '']);
  });

  it.each([
    ['where no server is', { WRITER_HUB_TOKEN: 'x' }, 1, /cannot reach/],
    ['without a token', { WRITER_HUB_DATA_DIR: '/nowhere' }, 2, /no token: give one/],
  ])('fails %s', async (_, env, expected, message) => {
    const { code, stdout, stderr } = await runHere(['open', '--url', 'http://127.0.0.1:1'], { env });
    expect([code, stdout]).toEqual([expected, '']);
    expect(stderr).toMatch(message);
  });
});

describe('openerOf', () => {
  it.each<[NodeJS.Platform, Record<string, string>, string | undefined]>([
    ['linux', {}, undefined],
    ['linux', { DISPLAY: ':0' }, 'xdg-open'],
    ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, 'xdg-open'],
    ['linux', { BROWSER: 'firefox' }, 'firefox'],
    ['darwin', {}, 'open'],
    ['win32', {}, 'rundll32'],
  ])('on %s with %j is %s', (platform, env, file) => {
    expect(openerOf(platform, env)?.file).toBe(file);
  });
});
