import { CopyButton } from './copy-button';

interface Props {
  readonly text: string;
  /** What it is, for the copy button and screen readers. */
  readonly label: string;
}

/** A piece of code with a button that copies it. */
export function CodeBlock({ text, label }: Props) {
  return (
    <div class="code-block">
      <pre tabIndex={0} role="region" aria-label={label}>
        <code>{text}</code>
      </pre>
      <CopyButton text={text} label={label} />
    </div>
  );
}
