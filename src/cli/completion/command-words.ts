import type { Command, Option } from 'commander';

/** What may follow an option or a command: nothing, one of some words, a file, or anything. */
export type Completion = 'none' | 'any' | 'file' | readonly string[];

export interface OptionWords {
  /** `--last`, and `-n` where there is one. */
  readonly flags: readonly string[];
  readonly meaning: string;
  readonly value: Completion;
}

/** A command or subcommand with what may be typed behind it. */
export interface CommandWords {
  /** `datasource push`; empty: the program itself. */
  readonly path: string;
  readonly meaning: string;
  readonly subcommands: readonly CommandWords[];
  readonly options: readonly OptionWords[];
  readonly argument: Completion;
}

/** Arguments that are paths. */
const PATHS = ['directory', 'file', 'backup'];

/** What may be typed: commands, their other names and their options, as Commander knows them. */
export function wordsOf(command: Command, path: readonly string[] = []): CommandWords {
  const help = command.createHelp();
  return {
    path: path.join(' '),
    meaning: command.description(),
    subcommands: help
      .visibleCommands(command)
      .filter((below) => below.name() !== 'help')
      .flatMap((below) => [below.name(), ...below.aliases()].map((name) => wordsOf(below, [...path, name]))),
    options: help.visibleOptions(command).map(toOption),
    argument: argumentOf(command),
  };
}

function argumentOf(command: Command): Completion {
  const [argument] = command.registeredArguments;
  if (argument === undefined) return 'none';
  if (argument.argChoices !== undefined) return argument.argChoices;
  return PATHS.includes(argument.name()) ? 'file' : 'any';
}

function toOption(option: Option): OptionWords {
  const flags = [option.short, option.long].filter((flag) => flag != null);
  return { flags, meaning: option.description, value: valueOf(option) };
}

function valueOf(option: Option): Completion {
  if (!option.required && !option.optional) return 'none';
  if (option.argChoices !== undefined) return option.argChoices;
  return /-(?:dir|file)$/.test(option.long ?? '') ? 'file' : 'any';
}

/** A command and all below it. */
export function flatten(command: CommandWords): CommandWords[] {
  return [command, ...command.subcommands.flatMap(flatten)];
}

/** The last word of the path of a command. */
export function nameOf({ path }: CommandWords): string {
  return path.split(' ').at(-1) ?? '';
}
