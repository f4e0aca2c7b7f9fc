import { posix, win32 } from 'node:path';
import type { RawEnvironment } from './env.ts';

/** Where this operating system keeps an application's data when nobody says otherwise. Always absolute. */
export function defaultDataFolder(platform: NodeJS.Platform, home: string, environment: RawEnvironment): string {
  if (platform === 'win32') {
    return win32.join(environment.localAppData ?? win32.join(home, 'AppData', 'Local'), 'Landline');
  }
  if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support', 'Landline');
  return posix.join(xdgDataHome(environment) ?? posix.join(home, '.local', 'share'), 'landline');
}

/** The XDG base directory specification says that a relative path must be ignored. */
function xdgDataHome(environment: RawEnvironment): string | undefined {
  const folder = environment.xdgDataHome;
  return folder !== undefined && posix.isAbsolute(folder) ? folder : undefined;
}
