import { Argument, Command } from 'commander';
import { bashScript } from '../completion/bash';
import { wordsOf, type CommandWords } from '../completion/command-words';
import { fishScript } from '../completion/fish';
import { zshScript } from '../completion/zsh';
import { printTo } from '../print';
import type { Surroundings } from '../surroundings';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } satisfies Record<
  string,
  (program: string, root: CommandWords) => string
>;

export function completionCommand({ stdout }: Surroundings): Command {
  return new Command('completion')
    .description('Print a script that has a shell complete commands and options; it says where to put it.')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(SCRIPTS)))
    .action(async (shell: keyof typeof SCRIPTS, _: unknown, command: Command) => {
      const root = command.parent ?? command;
      await printTo(stdout)(SCRIPTS[shell](root.name(), wordsOf(root)));
    });
}
