import { execFile, spawn, spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { example, VaHouse } from './va-house.ts';

/** Runs a sample as a program of its own, beside the project's packages; resolves with what it printed. */
function runSample(name: string, code: string, until?: (printed: string) => void): Promise<string> {
  const path = join(import.meta.dirname, `.${name}.mjs`);
  writeFileSync(path, code);
  onTestFinished(() => rmSync(path, { force: true }));
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [path]);
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
        until?.(printed);
      });
    }
    child.once('close', () => resolve(printed));
  });
}

test('the printed fetch sample lists the agents', async () => {
  const house = await VaHouse.open();
  const code = example('fetch-agents.sample.txt')
    .replace('https://your-domain.com', house.server.url)
    .replace('va_your_api_key', house.key);
  expect(await runSample('fetch-agents', code)).toMatch(/success: true[^]*name: 'Sunrise Clinic'/);
});

const hasRequests = spawnSync('python3', ['-c', 'import requests']).status === 0;

test.skipIf(!hasRequests)(
  'the printed Python sample lists the agents (skipped without Python and requests)',
  async () => {
    const house = await VaHouse.open();
    const code = example('list-agents.sample.txt')
      .replace('https://your-domain.com', house.server.url)
      .replace('va_your_api_key', house.key);
    const { stdout } = await promisify(execFile)('python3', ['-c', code]);
    expect(stdout).toMatch(/'success': True.*'name': 'Sunrise Clinic'/);
  },
);

test.each(['api_key', 'session_token'])(
  'the printed socket sample follows a call by %s',
  async (credential) => {
    const house = await VaHouse.open({ extraPorts: { vaSocketPort: 0, voicePort: null, voiceraPort: null } });
    const callId = await house.startedCall();
    const { data } = (await house.request('GET', `/calls/${callId}/live`)).body;
    const code = example('live-socket.sample.txt')
      .split('\n')
      // The sample opens the same socket in two ways; a program needs one of them.
      .filter((line) => !line.startsWith('const ws') || line.includes(`?${credential}=`))
      .join('\n')
      .replace('localhost:3008', `127.0.0.1:${house.server.openExtraPorts.vaSocketPort}`)
      .replace('{call_id}', callId)
      .replace('YOUR_API_KEY', house.key)
      .replace('TEMP_TOKEN', String(data['temp_token']));
    let talked = false;
    const talk = async () => {
      await house.say(callId, 'agent', 'Good morning.', 0);
      await house.telephone.end(callId, 'end');
    };
    const talking: Promise<void>[] = [];
    const printed = await runSample(`live-${credential}`, `import { WebSocket } from 'ws';\n${code}`, (so_far) => {
      if (talked || !so_far.includes('Connected')) return;
      talked = true;
      talking.push(talk());
    });
    await Promise.all(talking);
    expect(printed).toContain('Connected to live transcript stream');
    expect(printed).toContain("message: 'Good morning.'");
    expect(printed).toContain('Call status: completed');
  },
  20_000,
);
