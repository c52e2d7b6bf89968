import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Api } from '../api/api';
import type { Live } from '../api/live';
import type { Session } from './session';

/** What every page is given. */
export interface Console {
  readonly session: Session;
  readonly api: Api;
  readonly live: Live;
}

export const ConsoleContext = createContext<Console | undefined>(undefined);

export function useConsole(): Console {
  const found = useContext(ConsoleContext);
  if (found === undefined) throw new Error('used outside the console');
  return found;
}
