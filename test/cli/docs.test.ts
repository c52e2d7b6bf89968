import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { program } from '../../src/cli/program';
import { SQL_FORMATS } from '../../src/cli/sql/formats';

const PAGE = readFileSync(join(__dirname, '../../docs/cli.md'), 'utf8');

const root = program({ ...process, env: {}, once: () => undefined });

/** The text under the heading of a command. */
function sectionOf(name: string): string {
  const [, text = ''] = new RegExp(`^## ${name}\n(.*?)(?=^## |(?![^]))`, 'ms').exec(PAGE) ?? [];
  return text;
}

/** The words of each example of a section that call the program. */
function examplesOf(section: string): string[][] {
  return section
    .split('\n')
    .filter((line) => line.startsWith('    '))
    .flatMap((line) => /writer-hub ([^|<>)#]*)/.exec(line)?.[1] ?? [])
    .map((words) =>
      words
        .replaceAll(/"[^"]*"/g, 'text')
        .trim()
        .split(/\s+/),
    );
}

function find(words: readonly string[]): Command | undefined {
  let command: Command | undefined = root;
  for (const word of words) {
    const below: Command | undefined = command.commands.find((each) => [each.name(), ...each.aliases()].includes(word));
    if (below === undefined) break;
    command = below;
  }
  return command === root ? undefined : command;
}

describe('docs/cli.md', () => {
  it('has a section for each command, in the order of the help, and for nothing else', () => {
    const headings = [...PAGE.matchAll(/^## (\S+)$/gm)].map(([, name]) => name);
    expect(headings).toEqual(root.commands.map((command) => command.name()));
  });

  it.each(root.commands.map((command) => [command.name(), command] as const))(
    'shows examples of %s that it takes, one at least for each subcommand',
    (name, command) => {
      const examples = examplesOf(sectionOf(name));
      expect(examples.length).toBeGreaterThan(0);
      for (const words of examples) {
        const called = find(words);
        expect([words, called !== undefined && (called === command || called.parent === command)]).toEqual([
          words,
          true,
        ]);
        const known = called?.options.map(({ long }) => long);
        for (const flag of words.filter((word) => word.startsWith('--'))) expect(known).toContain(flag);
      }
      for (const below of command.commands) expect(examples.map((words) => words[1])).toContain(below.name());
    },
  );

  it.each(root.commands.flatMap((command) => command.aliases().map((alias) => [command.name(), alias] as const)))(
    'names the other name of %s, %s',
    (name, alias) => {
      expect(sectionOf(name)).toContain(`\`${alias}\``);
    },
  );

  it('says which commands take --json', () => {
    const taking = [...root.commands, ...root.commands.flatMap(({ commands }) => commands)]
      .filter(({ options }) => options.some(({ long }) => long === '--json'))
      .map((command) => (command.parent === root ? command.name() : `${command.parent?.name()} ${command.name()}`));
    const [, said = ''] = /`--json` prints JSON: ([^;]*)/.exec(PAGE) ?? [];
    expect([...said.matchAll(/`([^`]*)`/g)].map(([, name]) => name).sort()).toEqual(taking.sort());
  });

  it('names every format of sql', () => {
    for (const format of Object.keys(SQL_FORMATS)) expect(sectionOf('sql')).toContain(`\`${format}\``);
  });
});
