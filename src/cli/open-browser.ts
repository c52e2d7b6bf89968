import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A command that opens an address in the browser of the desktop. */
interface Opener {
  readonly file: string;
  readonly args: readonly string[];
}

/** What opens a browser here; `undefined`: there is no desktop to open one on. */
export function openerOf(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): Opener | undefined {
  const isSet = (name: string): boolean => (env[name] ?? '') !== '';
  if (isSet('BROWSER')) return { file: env['BROWSER']!, args: [] };
  if (platform === 'darwin') return { file: 'open', args: [] };
  // Not by way of cmd.exe, which takes signs of the address for its own.
  if (platform === 'win32') return { file: 'rundll32', args: ['url.dll,FileProtocolHandler'] };
  return isSet('DISPLAY') || isSet('WAYLAND_DISPLAY') ? { file: 'xdg-open', args: [] } : undefined;
}

/** Opens an address; resolves with whether a browser could be started. It outlives this process. */
export async function openBrowser(address: string, { file, args }: Opener): Promise<boolean> {
  const child = spawn(file, [...args, address], { stdio: 'ignore', detached: true });
  try {
    await once(child, 'spawn');
    child.unref();
    return true;
  } catch {
    // There is no such command: the address is printed instead.
    return false;
  }
}
