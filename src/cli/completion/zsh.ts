import { type Completion, nameOf, type CommandWords, type OptionWords } from './command-words';

/** A script that completes the words of a program in zsh, with what they mean. */
export function zshScript(program: string, root: CommandWords): string {
  const name = `_${program}`;
  return `#compdef ${program}
# Completion of ${program} in zsh: put this file, as ${name}, into a directory of your fpath.

${functionsOf(name, root).join('\n\n')}

if [ "$funcstack[1]" = ${quote(name)} ]; then ${name} "$@"; else compdef ${name} ${program}; fi
`;
}

/** A function for each command. https://zsh.sourceforge.io/Doc/Release/Completion-System.html (`_arguments`) */
function functionsOf(name: string, command: CommandWords): string[] {
  const { subcommands, options, argument } = command;
  const specs = options.flatMap(specsOf);
  if (subcommands.length === 0) {
    const all = argument === 'none' ? specs : [...specs, quote(`*:argument:${actionOf(argument)}`)];
    return [`${name}() {\n  _arguments -s \\\n    ${all.join(' \\\n    ')}\n}`];
  }
  const described = subcommands.map((below) => quote(`${nameOf(below)}:${below.meaning}`));
  const cases = subcommands.map((below) => `${nameOf(below)}) ${functionName(name, below)} ;;`);
  const own = `${name}() {
  local line state
  local -a commands
  _arguments -C \\
    ${[...specs, `'1: :->command'`, `'*::argument:->argument'`].join(' \\\n    ')}
  case $state in
    command)
      commands=(
        ${described.join('\n        ')}
      )
      _describe command commands ;;
    argument)
      case $line[1] in
        ${cases.join('\n        ')}
      esac ;;
  esac
}`;
  return [own, ...subcommands.flatMap((below) => functionsOf(functionName(name, below), below))];
}

function functionName(name: string, command: CommandWords): string {
  return `${name}_${nameOf(command)}`;
}

function specsOf({ flags, meaning, value }: OptionWords): string[] {
  const action = value === 'none' ? '' : `:value:${actionOf(value)}`;
  const text = meaning.replaceAll(/[[\]\\:]/g, String.raw`\$&`);
  return flags.map((flag) => quote(`*${flag}[${text}]${action}`));
}

function actionOf(completion: Completion): string {
  if (completion === 'file') return '_files';
  return typeof completion === 'string' ? ' ' : `(${completion.join(' ')})`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
