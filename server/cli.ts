import '../native/runtime-guard.ts';
import { messageOf } from './contract/errors.ts';

/** One word of the command line each; what a command needs is loaded only when it runs. */
const commands: Readonly<Record<string, () => Promise<(args: readonly string[]) => Promise<number>>>> = {
  serve: async () => (await import('./commands/serve.ts')).serve,
  dev: async () => (await import('./commands/serve.ts')).dev,
  call: async () => (await import('./commands/call.ts')).call,
};

const [name = '', ...args] = process.argv.slice(2);
const load = commands[name];
if (load === undefined) {
  console.error(`Say what to do: ${Object.keys(commands).join(', ')}.`);
  process.exit(2);
}
try {
  const command = await load();
  process.exit(await command(args));
} catch (failure) {
  console.error(messageOf(failure));
  process.exit(1);
}
