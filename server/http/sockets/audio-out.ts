import type { WebSocket } from 'ws';
import type { SocketCounters } from './bounded-socket.ts';

/** Two seconds of 16 kHz audio: a client that has not taken it by now would hear the agent too late to talk with it. */
const mostUnsentBytes = 64 * 1024;

/** Sends audio that is only worth anything now: what a slow client does not take in time is left out and counted. */
export function sendAudio(socket: WebSocket, message: Buffer | string, counters: SocketCounters): void {
  if (socket.readyState !== socket.OPEN) return;
  if (socket.bufferedAmount > mostUnsentBytes) counters.dropped++;
  else socket.send(message);
}

/** 16-bit samples from or to network byte order. */
export function swapped(samples: Buffer): Buffer {
  return Buffer.from(samples.subarray(0, samples.length & ~1)).swap16();
}
