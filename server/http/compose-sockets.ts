import type { Clock } from '../lifetime/clock.ts';
import { mediaStreamSocket } from './dialects/kupe/media-stream.socket.ts';
import { VoiceTokens } from './dialects/kupe/voice-tokens.ts';
import { type WebMediaParts, webMediaSocket } from './dialects/kupe/web-media.socket.ts';
import { voiceSocket } from './dialects/voicera/voice.socket.ts';
import type { HttpServerOptions } from './http-server-options.ts';
import type { TokenSigner } from './signed-token.ts';
import type { SocketCounters } from './sockets/bounded-socket.ts';
import type { CredentialWatch } from './sockets/credential-watch.ts';
import type { SocketRoute } from './sockets/upgrade.ts';

export interface AudioSocketParts {
  readonly clock: Clock;
  readonly counters: SocketCounters;
  readonly signer: TokenSigner;
  readonly watch: CredentialWatch;
}

/** The sockets over which people talk with an agent; none where web calls are not to be had. */
export function audioSockets(
  { domain, log, webCalls }: HttpServerOptions,
  { clock, counters, signer, watch }: AudioSocketParts,
): readonly SocketRoute[] {
  if (!webCalls) return [];
  const { agents, bus, calls, credentials, identity } = domain;
  const shared = { agents, bus, calls, webCalls, clock, log, counters, watch };
  const voiceTokens = new VoiceTokens(signer, clock);
  const kupe: WebMediaParts = {
    ...shared,
    principalOfKey: (key) => credentials.authenticate(key, 'kupe'),
    principalOfToken: async (token) => voiceTokens.principalOf(token) ?? identity.verifyToken(token, 'authenticated'),
  };
  return [
    webMediaSocket(kupe),
    mediaStreamSocket(kupe),
    voiceSocket({ ...shared, principalOfToken: (token) => identity.verifyToken(token, 'voicera-api') }),
  ];
}
