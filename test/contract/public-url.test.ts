import { connect } from 'node:net';
import { expect, test } from 'vitest';
import type { Recording } from '../../server/domain/recordings/recording.ts';
import type { HttpServerOptions } from '../../server/http/http-server-options.ts';
import { VaHouse } from './va/va-house.ts';

const publicUrl = 'https://voice.example.lan';

/** The link to a call's recording that its receivers are told. */
async function linkOfWebhook(http: Partial<HttpServerOptions>): Promise<string> {
  const house = await VaHouse.open(http);
  const call = house.domain.calls.get(house.organizationId, await house.startedCall());
  const recording: Recording = {
    callId: call.id,
    state: 'ready',
    path: 'recordings/call.wav',
    sizeBytes: 32_044,
    sha256: null,
    durationMs: 1_000,
    errorMessage: null,
    createdAtMs: 0,
    updatedAtMs: 0,
  };
  const news = {
    atMs: 0,
    call,
    turns: [],
    isConfidential: false,
    agent: undefined,
    analysis: undefined,
    results: [],
    recording,
    costMicro: 0,
  };
  const { data } = house.server.webhookPayloads.ofEndpoint('call.completed', news) as {
    data: { recording_url: string };
  };
  return data.recording_url;
}

/** Answer to a request that tells no origin, as clients of HTTP/1.0 send it. */
async function withoutHost(port: number, path: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`GET ${path} HTTP/1.0\r\n\r\n`);
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text;
}

test('links in webhooks begin with the public URL, else with what the port speaks', async () => {
  expect(await linkOfWebhook({ publicUrl })).toMatch(
    /^https:\/\/voice\.example\.lan\/call-recordings\/[\w-]+\/download\?/,
  );
  expect(await linkOfWebhook({})).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/call-recordings\//);
});

test('a request that tells no origin is answered with the public URL, any other with its own', async () => {
  const house = await VaHouse.open({ publicUrl });
  const { port } = new URL(house.server.url);
  const bare = await withoutHost(Number(port), '/openapi.json?api=va');
  expect(bare).toContain(`"servers":[{"url":"${publicUrl}"}]`);
  const asked = await fetch(`${house.server.url}/openapi.json?api=va`);
  expect(await asked.json()).toMatchObject({ servers: [{ url: house.server.url }] });
});
