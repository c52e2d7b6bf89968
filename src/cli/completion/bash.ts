import { type Completion, flatten, nameOf, type CommandWords } from './command-words';

/** A script that completes the words of a program in bash. */
export function bashScript(program: string, root: CommandWords): string {
  const name = `_${program.replaceAll(/\W/g, '_')}`;
  const commands = flatten(root);
  const paths = commands.map(({ path }) => path).filter((path) => path !== '');
  return `# Completion of ${program} in bash, version 4 or later: source this file, or put it into
# ~/.local/share/bash-completion/completions/${program}
${name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path="" word index
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    case "\${path:+$path }$word" in
      ${paths.map(quote).join('|')}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path $previous" in
${commands.flatMap(valueCases).join('\n')}
  esac
  case "$path" in
${commands.map(commandCase).join('\n')}
  esac
}
complete -F ${name} ${program}
`;
}

function valueCases({ path, options }: CommandWords): string[] {
  return options
    .filter(({ value }) => value !== 'none')
    .map(({ flags, value }) => {
      const patterns = flags.map((flag) => quote(`${path} ${flag}`)).join('|');
      return `    ${patterns}) ${reply(value)}; return ;;`;
    });
}

function commandCase({ path, subcommands, options, argument }: CommandWords): string {
  const flags = options.flatMap((option) => option.flags.filter((flag) => flag.startsWith('--')));
  const behind = reply(subcommands.length > 0 ? subcommands.map(nameOf) : argument);
  return `    ${quote(path)}) if [[ "$current" == -* ]]; then ${reply(flags)}; else ${behind}; fi ;;`;
}

/** Has the shell offer words or files. */
function reply(completion: Completion): string {
  if (completion === 'none' || completion === 'any') return 'COMPREPLY=()';
  if (completion === 'file') {
    return 'compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$current")';
  }
  return `mapfile -t COMPREPLY < <(compgen -W ${quote(completion.join(' '))} -- "$current")`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
