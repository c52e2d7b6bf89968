import { options, type OptionSpec } from '../config';
import { optionGroups } from '../option-groups';
import { exampleOf } from './file-values';
import { secretFileFlag } from './secret-files';

const WIDTH = 100;

const HEAD = `# Settings of Writer hub. Every line with "=" is the default, or an example of what has none: take
# its "# " away to set it. Flags (--port 8080) and variables of the environment take precedence.
# Options marked (reload) take effect in a running server when this file changes, or on SIGHUP; the
# others at the next start. \`writer-hub config --check FILE\` says what is wrong with a file.
#
# Bytes and milliseconds are numbers, or texts with a unit: "10MiB", "500MB", "90s", "15m".
`;

/** A configuration file with all options, each as a comment. */
export function configExample(): string {
  const groups = optionGroups.map(({ heading, names }) => {
    const texts = names.map((name) => optionLines(options[name]));
    return [`# ${'-'.repeat(WIDTH - 2)}`, `# ${heading}`, `# ${'-'.repeat(WIDTH - 2)}`, '', texts.join('\n')].join(
      '\n',
    );
  });
  return `${HEAD}\n${groups.join('\n')}`;
}

function optionLines(spec: OptionSpec<unknown>): string {
  const marks = [spec.unit, spec.reload === true ? 'reload' : undefined].filter((mark) => mark !== undefined);
  const meaning = `${spec.meaning}${marks.length === 0 ? '' : ` (${marks.join(', ')})`}`;
  const lines = [...wrapped(meaning), `# ${spec.flag} = ${exampleOf(spec)}`];
  if (spec.secret === true) {
    lines.push('# Or the file it is in, such as one below /run/secrets; not both:');
    lines.push(`# ${secretFileFlag(spec)} = "/run/secrets/${spec.flag}"`);
  }
  return `${lines.join('\n')}\n`;
}

function wrapped(text: string): string[] {
  const lines: string[] = [];
  let line = '#';
  for (const word of text.split(' ')) {
    if (line.length + word.length + 1 > WIDTH) {
      lines.push(line);
      line = '#';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
