import { connect, type Socket } from 'node:net';
import { spread } from '../figures.ts';

/** Load on one HTTP server, made by this process alone: `node generator.ts '<LoadOrder as JSON>'` prints a LoadResult. */
export interface LoadOrder {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly connections: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly failed: number;
  readonly perSecond: number;
  readonly latencyMs: ReturnType<typeof spread>;
  readonly bytesPerAnswer: number;
}

/** One keep-alive connection with one request at a time; answers are counted, not read, to leave the core to the server. */
class Connection {
  readonly #socket: Socket;
  readonly #request: Buffer;
  readonly #done: (latencyMs: number, status: number, bytes: number) => void;
  #parts: Buffer[] = [];
  #received = 0;
  #expected: number | undefined;
  #status = 0;
  #sentMs = 0;

  constructor(order: LoadOrder, done: (latencyMs: number, status: number, bytes: number) => void) {
    const { hostname, port } = new URL(order.url);
    this.#request = requestOf(order);
    this.#done = done;
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true }, () => this.#send());
    this.#socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    this.#socket.on('error', () => {});
  }

  close(): void {
    this.#socket.destroy();
  }

  #send(): void {
    this.#parts = [];
    this.#received = 0;
    this.#expected = undefined;
    this.#sentMs = performance.now();
    this.#socket.write(this.#request);
  }

  #receive(chunk: Buffer): void {
    this.#received += chunk.length;
    if (this.#expected === undefined) {
      this.#parts.push(chunk);
      const head = Buffer.concat(this.#parts);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      const text = head.subarray(0, end).toString('latin1');
      this.#status = Number(text.slice(9, 12));
      this.#expected = end + 4 + Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1]);
    }
    if (this.#received < this.#expected) return;
    this.#done(performance.now() - this.#sentMs, this.#status, this.#expected);
    this.#send();
  }
}

function requestOf({ url, method, headers, body = '' }: LoadOrder): Buffer {
  const { host, pathname, search } = new URL(url);
  const lines = Object.entries({
    host,
    ...headers,
    ...(body === '' ? {} : { 'content-length': Buffer.byteLength(body) }),
  });
  const head = lines.map(([name, value]) => `${name}: ${value}`).join('\r\n');
  return Buffer.from(`${method} ${pathname}${search} HTTP/1.1\r\n${head}\r\n\r\n${body}`);
}

async function load(order: LoadOrder): Promise<LoadResult> {
  const latencies: number[] = [];
  let failed = 0;
  let bytes = 0;
  let measuring = false;
  const connections = Array.from({ length: order.connections }, () => {
    return new Connection(order, (latencyMs, status, length) => {
      if (!measuring) return;
      latencies.push(latencyMs);
      bytes += length;
      if (status >= 300) failed++;
    });
  });
  await new Promise((resolve) => setTimeout(resolve, order.warmUpMs));
  measuring = true;
  const startMs = performance.now();
  await new Promise((resolve) => setTimeout(resolve, order.measureMs));
  measuring = false;
  const seconds = (performance.now() - startMs) / 1_000;
  for (const connection of connections) connection.close();
  return {
    requests: latencies.length,
    failed,
    perSecond: Math.round(latencies.length / seconds),
    latencyMs: spread(latencies),
    bytesPerAnswer: Math.round(bytes / Math.max(1, latencies.length)),
  };
}

const [argument] = process.argv.slice(2);
if (argument !== undefined) console.log(JSON.stringify(await load(JSON.parse(argument) as LoadOrder)));
