// Run after every change of dependencies. Platform packages (optional dependencies for other systems) that the registry
// did not show when the lock file was written are missing in it, and then `npm ci` refuses the whole file, on every
// system. This puts each of them in by name, pinned version and platform, so that the file is whole again.
import { readFileSync, writeFileSync } from 'node:fs';

const path = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(path, 'utf8'));
const systems = {
  android: 'android',
  darwin: 'darwin',
  mac: 'darwin',
  win32: 'win32',
  win: 'win32',
  linux: 'linux',
  freebsd: 'freebsd',
  openharmony: 'openharmony',
};
const processors = ['arm64', 'x64', 'ia32', 'riscv64', 'ppc64', 's390x', 'armv7l', 'loong64', 'arm'];

let added = 0;
for (const [owner, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (isLocked(owner, name)) continue;
    lock.packages[`node_modules/${name}`] = platformEntry(name, version, entry.dev === true);
    added++;
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
console.log(added === 0 ? 'The lock file is whole.' : `Added ${added} platform packages to the lock file.`);

/** Whether the package is locked where its owner would look for it. */
function isLocked(owner, name) {
  const nested = `${owner === '' ? '' : `${owner}/`}node_modules/${name}`;
  return lock.packages[nested] !== undefined || lock.packages[`node_modules/${name}`] !== undefined;
}

function platformEntry(name, version, dev) {
  if (!/^\d/.test(version)) throw new Error(`${name} is not pinned to one version ("${version}"); lock it by hand.`);
  const words = name.split('/').pop().split('-');
  const os = words.map((word) => systems[word]).find(Boolean);
  const cpu =
    processors.find((processor) => words.includes(processor)) ??
    processors.find((processor) => name.includes(processor));
  if (os === undefined || cpu === undefined) throw new Error(`The platform of ${name} cannot be told from its name.`);
  return { version, cpu: [cpu], ...(dev ? { dev: true } : {}), optional: true, os: [os] };
}
