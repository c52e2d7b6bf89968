import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../support/test-hub';
import { deployFile, deployText, isHere, ROOT } from './support/here';

const UNITS = ['writer-hub.service', 'writer-hub-backup.service', 'writer-hub-backup.timer'];
const SERVICES = UNITS.filter((name) => name.endsWith('.service'));
const withSystemd = isHere('systemd-analyze', '--version') ? describe : describe.skip;

withSystemd('the units of systemd', () => {
  it('have nothing that systemd does not know', () => {
    const folder = temporaryDirectory();
    // A program that is there takes the place of the one that is not installed here.
    for (const name of UNITS) {
      writeFileSync(
        join(folder, name),
        deployText(`systemd/${name}`).replaceAll('/opt/writer-hub/bin/writer-hub', '/bin/true'),
      );
    }
    const { status, stdout, stderr } = spawnSync(
      'systemd-analyze',
      ['verify', ...UNITS.map((name) => join(folder, name))],
      {
        encoding: 'utf8',
      },
    );
    expect([status, stdout, stderr]).toEqual([0, '', '']);
  });

  it.each(SERVICES)('%s is as exposed as docs/operations.md says, and no more', (name) => {
    const { status, stdout } = spawnSync(
      'systemd-analyze',
      ['security', '--offline=true', '--threshold=20', deployFile(`systemd/${name}`)],
      { encoding: 'utf8' },
    );
    expect(status).toBe(0);
    const [, level] = /Overall exposure level for \S+: (\S+)/.exec(stdout) ?? [];
    expect(readFileSync(join(ROOT, 'docs/operations.md'), 'utf8')).toContain(`\`${name}\` ${level}`);
  });

  it('lets Node.js compile, which it cannot start without', () => {
    for (const name of SERVICES) expect(deployText(`systemd/${name}`)).not.toMatch(/^MemoryDenyWriteExecute/m);
  });
});
