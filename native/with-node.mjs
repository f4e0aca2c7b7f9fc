// Runs a tool of this project under Node 24 or newer, installing the project's packages first when they are missing or
// stale. Plain JavaScript on purpose: it must start on the Node that the machine happens to have (18 or newer).
// Usage: node native/with-node.mjs <tool or .ts file> [arguments…]
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const oldestMajor = 24;

ensureInstalled();
const nodePath = findNode();
const [tool, ...args] = process.argv.slice(2);
if (tool === undefined) fail('Say which tool to run, for example: node native/with-node.mjs vitest run');
run(nodePath, resolveTool(tool), args);

/** Installs when `node_modules` does not match the lock file; the stamp holds the lock file's hash. */
function ensureInstalled() {
  const stampPath = join(root, 'node_modules', '.landline-install');
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stampPath) && readFileSync(stampPath, 'utf8') === wanted) return;
  const why = existsSync(join(root, 'node_modules')) ? 'out of date' : 'missing';
  console.error(
    `Landline's packages are ${why}: running "npm ci" now (about 1.2 GB on disk, once; a minute or a few).`,
  );
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--progress=true'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (npm.error) fail(`npm could not be started (${npm.error.message}). Install npm, or run "npm ci" yourself.`);
  if (npm.status !== 0)
    fail(`"npm ci" failed with exit code ${npm.status}. Mend what it printed above, then try again.`);
  dropDeadWeight();
  writeFileSync(stampPath, wanted);
  console.error('Installed.');
}

/** What packages bring that this machine never loads (about 130 MB): other processors' binaries, sources, C headers. */
function dropDeadWeight() {
  const modules = join(root, 'node_modules');
  const own = `${process.platform}-${process.arch}`;
  // They name no processor, so npm installs all of Linux's.
  const llama = (name) => name.startsWith('linux-') && !name.startsWith(`linux-${process.arch}`);
  const prebuilt = (name) => name.endsWith('.node') && name !== `${own}.node` && !name.startsWith('linuxmusl');
  for (const path of [
    ...namesIn(join(modules, '@node-llama-cpp'), llama),
    ...namesIn(join(modules, 'better-sqlite3', 'prebuilds'), prebuilt),
    ...namesIn(join(modules, 'swagger-ui-dist'), (name) => name.endsWith('.map')),
    join(modules, 'better-sqlite3', 'deps'),
    join(modules, `node-${own.replace('win32', 'win')}`, 'include'),
  ]) {
    rmSync(path, { recursive: true, force: true });
  }
}

function namesIn(folder, which) {
  return existsSync(folder)
    ? readdirSync(folder)
        .filter(which)
        .map((name) => join(folder, name))
    : [];
}

/** Path of a Node that is new enough: this one, or the pinned runtime package. */
function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= oldestMajor) return process.execPath;
  const os = { linux: 'linux', win32: 'win' }[process.platform];
  const binary = process.platform === 'win32' ? 'node.exe' : 'node';
  if (os !== undefined) {
    const packaged = join(root, 'node_modules', `node-${os}-${process.arch}`, 'bin', binary);
    if (existsSync(packaged)) return packaged;
  }
  return fail(
    `Landline needs Node ${oldestMajor} or newer; this is ${process.versions.node}, and no packaged runtime exists for ` +
      `${process.platform}-${process.arch}. Install Node ${oldestMajor} and try again.`,
  );
}

/** A `.ts`/`.mjs` file is run as it is; anything else is a package's command in `node_modules`. */
function resolveTool(name) {
  if (/\.(ts|mjs|js)$/.test(name)) return join(root, name);
  const manifestPath = findManifest(name);
  const manifest = JSON.parse(readFileSync(manifestPath, 'utf8'));
  const bin = typeof manifest.bin === 'string' ? manifest.bin : manifest.bin?.[name.split('/').pop()];
  if (bin === undefined) fail(`The package of "${name}" has no command of that name.`);
  return join(dirname(manifestPath), bin);
}

function findManifest(name) {
  const owners = { biome: '@biomejs/biome', tsc: 'typescript' };
  const path = join(root, 'node_modules', owners[name] ?? name, 'package.json');
  if (!existsSync(path)) fail(`"${name}" is not installed; run "npm ci".`);
  return path;
}

function run(node, script, scriptArgs) {
  const child = spawn(node, [script, ...scriptArgs], {
    stdio: 'inherit',
    env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`Could not start ${node}: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
