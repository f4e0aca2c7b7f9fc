import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** As it came over the wire. */
  readonly text: string;
}

/** What a receiver answers: a status, with headers and a body; `silence` never answers. */
export type ReceiverAnswer =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | 'silence';

/** An HTTP server on loopback that keeps what it gets; ends with the test. */
export class HttpReceiver {
  readonly received: Received[] = [];
  /** Requests being answered now, and the most there ever were. */
  open = 0;
  mostOpen = 0;
  url = '';
  answer: (request: Received) => ReceiverAnswer | Promise<ReceiverAnswer> = () => ({ status: 200 });

  static async start(): Promise<HttpReceiver> {
    const receiver = new HttpReceiver();
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url: path = '', headers } = request;
        void receiver.#take({ method, path, headers, text: Buffer.concat(chunks).toString() }, response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    onTestFinished(() => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    });
    return receiver;
  }

  /** The JSON bodies that came in. */
  get bodies(): readonly Record<string, unknown>[] {
    return this.received.map(({ text }) => JSON.parse(text) as Record<string, unknown>);
  }

  async #take(got: Received, response: ServerResponse): Promise<void> {
    this.received.push(got);
    this.mostOpen = Math.max(this.mostOpen, ++this.open);
    response.once('close', () => this.open--);
    const answer = await this.answer(got);
    if (answer !== 'silence') response.writeHead(answer.status, answer.headers).end(answer.body ?? '');
  }
}
