import { useEffect, useState } from 'preact/hooks';
import { copyText } from '../exact/copy';

/** Milliseconds for which it says what has become of it. */
const SAID_FOR = 1600;

interface Props {
  /** What is copied; asked for when it is. */
  readonly text: string | (() => string);
  /** What it copies, for those who do not see what it stands beside. */
  readonly label: string;
  /** What stands on it, where that is not clear from its place. */
  readonly caption?: string;
}

export function CopyButton({ text, label, caption }: Props) {
  const [said, setSaid] = useState<string>();
  useEffect(() => {
    if (said === undefined) return undefined;
    const timer = setTimeout(() => {
      setSaid(undefined);
    }, SAID_FOR);
    return () => {
      clearTimeout(timer);
    };
  }, [said]);
  return (
    <button
      type="button"
      class="copy-button"
      aria-label={caption === undefined ? `Copy ${label}` : `${caption}: ${label}`}
      onClick={() => {
        copyText(typeof text === 'string' ? text : text()).then(
          () => {
            setSaid('Copied');
          },
          () => {
            setSaid('Not copied');
          },
        );
      }}
    >
      <span aria-live="polite">{said ?? caption ?? 'Copy'}</span>
    </button>
  );
}
