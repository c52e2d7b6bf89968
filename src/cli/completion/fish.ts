import { flatten, nameOf, type CommandWords, type OptionWords } from './command-words';

/** A script that completes the words of a program in fish, with what they mean. */
export function fishScript(program: string, root: CommandWords): string {
  const lines = flatten(root).flatMap((command) => linesOf(program, command));
  return `# Completion of ${program} in fish: put this file into ~/.config/fish/completions/${program}.fish
complete -c ${program} -f
${lines.join('\n')}
`;
}

function linesOf(program: string, command: CommandWords): string[] {
  const { subcommands, options, argument } = command;
  const begin = `complete -c ${program} -n ${quote(conditionOf(command))}`;
  return [
    ...subcommands.map((below) => `${begin} -a ${nameOf(below)} -d ${quote(below.meaning)}`),
    ...options.map((option) => `${begin} ${optionText(option)}`),
    ...(argument === 'file' ? [`${begin} -F`] : []),
    ...(typeof argument === 'string' ? [] : [`${begin} -a ${quote(argument.join(' '))}`]),
  ];
}

/** Where the command has been typed, and none of those below it. */
function conditionOf({ path, subcommands }: CommandWords): string {
  const typed = path.split(' ').filter((name) => name !== '');
  const names = subcommands.map(nameOf).join(' ');
  const seen = typed.map((name) => `__fish_seen_subcommand_from ${name}`);
  const notBelow = names === '' ? [] : [`not __fish_seen_subcommand_from ${names}`];
  return [...seen, ...notBelow].join('; and ');
}

function optionText({ flags, meaning, value }: OptionWords): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  return [...names, ...valueText(value), `-d ${quote(meaning)}`].join(' ');
}

function valueText(value: OptionWords['value']): string[] {
  if (value === 'none') return [];
  if (value === 'any') return ['-x'];
  return value === 'file' ? ['-r -F'] : [`-x -a ${quote(value.join(' '))}`];
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
}
