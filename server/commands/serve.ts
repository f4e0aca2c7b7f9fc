import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readEnvironment } from '../config/env.ts';
import { loadSettings } from '../config/resolve.ts';
import { LandlineError } from '../contract/errors.ts';
import { type Appliance, startAppliance } from '../start.ts';

const serveUsage = `Usage: npm start -- [options]
  --lan           listen on every network interface and admit the private networks attached to this machine
  --data folder   keep everything in this folder instead of the system's default
  --free-ports    take any free HTTP and SIP ports (for tests)
  --with-parent   stop when standard input ends, that is with the process that started this one`;

/** Runs the appliance until it is told to stop (Ctrl-C, SIGTERM); exits within 10 s of that. */
export async function serve(args: readonly string[]): Promise<number> {
  const flags = parseFlags(args);
  const environment = readEnvironment();
  const ports = flags.freePorts ? { httpPort: '0', sipPort: '0' } : {};
  const settings = loadSettings(
    { ...(flags.lan ? { lan: true } : {}), ...(flags.data === undefined ? {} : { data: flags.data }) },
    { ...environment, ...ports },
  );
  const appliance = await startAppliance(settings);
  console.log(welcome(appliance));
  await stopSignal(flags.withParent);
  console.log('Stopping: the agents say goodbye.');
  await appliance.stop();
  return 0;
}

/** The appliance on a data folder inside the project, for those who change it. */
export function dev(args: readonly string[]): Promise<number> {
  return serve(['--data', join(import.meta.dirname, '..', '..', '.cache', 'dev'), ...args]);
}

function parseFlags(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        lan: { type: 'boolean', default: false },
        data: { type: 'string' },
        'free-ports': { type: 'boolean', default: false },
        'with-parent': { type: 'boolean', default: false },
      },
    });
    const { data, lan } = values;
    return { lan, data, freePorts: values['free-ports'], withParent: values['with-parent'] };
  } catch (failure) {
    throw new LandlineError('bad-arguments', `${(failure as Error).message}\n${serveUsage}`, {}, failure);
  }
}

/** Resolves at the first SIGINT, SIGTERM or SIGHUP (or the end of standard input); a second signal ends it at once. */
function stopSignal(withParent: boolean): Promise<void> {
  return new Promise((resolve) => {
    if (withParent) process.stdin.once('end', resolve).resume();
    let asked = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(130);
        asked = true;
        resolve();
      });
    }
  });
}

function welcome(appliance: Appliance): string {
  const { context, dial, firstStart, settings, url } = appliance;
  const setupToken = context.domain.setup.offerToken();
  return [
    'Landline is ready.',
    `  API        ${url}`,
    ...dial.map((address) => `  dial       ${address}`),
    `  data       ${settings.dataFolder}`,
    ...(firstStart ? [`  first keys ${firstStart.keysPath}`] : []),
    ...(setupToken === undefined
      ? []
      : [`  set up     ${url}/app/#/setup (POST ${url}/app/api/setup) with the one-time token ${setupToken}`]),
    settings.sip.lan
      ? '  open to    the private networks attached to this machine, and the configured peers'
      : '  open to    this machine only; "npm start -- --lan" opens it to the local network',
    'Try it from a second terminal:',
    '  npm run call -- --say "What are your opening hours?" --expect "nine" --say "Thank you, goodbye"',
    'Ctrl-C stops it.',
  ].join('\n');
}
