import type { Clock } from '../lifetime/clock.ts';
import { mediaStreamSocket } from './dialects/kupe/media-stream.socket.ts';
import { VoiceTokens } from './dialects/kupe/voice-tokens.ts';
import { type WebMediaParts, webMediaSocket } from './dialects/kupe/web-media.socket.ts';
import { voiceSocket } from './dialects/voicera/voice.socket.ts';
import type { HttpServerOptions } from './http-server-options.ts';
import type { TokenSigner } from './signed-token.ts';
import type { SocketCounters } from './sockets/bounded-socket.ts';
import type { SocketRoute } from './sockets/upgrade.ts';

/** The sockets over which people talk with an agent; none where web calls are not to be had. */
export function audioSockets(
  { domain, log, webCalls }: HttpServerOptions,
  clock: Clock,
  counters: SocketCounters,
  signer: TokenSigner,
): readonly SocketRoute[] {
  if (!webCalls) return [];
  const { agents, bus, calls, credentials, identity } = domain;
  const shared = { agents, bus, calls, webCalls, clock, log, counters };
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
