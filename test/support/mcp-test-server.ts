import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMcpHandler, type JSONRPCMessage, McpServer, type Transport } from '@modelcontextprotocol/server';
import { onTestFinished } from 'vitest';
import { z } from 'zod';

/** A server of the Model Context Protocol on loopback, over streamable HTTP at `/mcp` and SSE at `/sse`. */
export class McpTestServer {
  /** `Authorization` of each request that came in. */
  readonly credentials: (string | undefined)[] = [];
  url = '';

  /** Ends with the test. */
  static async start(): Promise<McpTestServer> {
    const test = new McpTestServer();
    const handler = createMcpHandler(() => orderDesk());
    const sessions = new Map<string, SseTransport>();
    const server = createServer((request, response) => {
      test.credentials.push(request.headers.authorization);
      const url = new URL(request.url ?? '/', test.url);
      if (url.pathname === '/mcp') void answerStreamable(handler, request, response, url);
      else if (url.pathname === '/sse') void openSse(sessions, response);
      else if (url.pathname === '/message') void takeMessage(sessions.get(url.search.slice(1)), request, response);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    test.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    onTestFinished(() => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    });
    return test;
  }
}

function orderDesk(): McpServer {
  const server = new McpServer({ name: 'order-desk', version: '1.0.0' });
  server.registerTool(
    'order_status',
    {
      description: 'Where an order is',
      inputSchema: z.object({ order: z.number() }),
      outputSchema: z.object({ order: z.number(), status: z.string() }),
    },
    async ({ order }) => ({
      content: [{ type: 'text', text: `Order ${order} is on its way.` }],
      structuredContent: { order, status: 'shipped' },
    }),
  );
  server.registerTool('cancel_order', { inputSchema: z.object({ order: z.number() }) }, async () => ({
    content: [{ type: 'text', text: 'It has been shipped already.' }],
    isError: true,
  }));
  return server;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

async function answerStreamable(
  handler: ReturnType<typeof createMcpHandler>,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const method = request.method ?? 'GET';
  const body = method === 'POST' ? await bodyOf(request) : undefined;
  const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)]);
  const answer = await handler.fetch(new Request(url, { method, headers, ...(body === undefined ? {} : { body }) }));
  response.writeHead(answer.status, Object.fromEntries(answer.headers.entries()));
  if (answer.body) for await (const chunk of answer.body) response.write(chunk);
  response.end();
}

/** The older transport: answers come over one event stream, requests by POST. */
class SseTransport implements Transport {
  onmessage?: (message: JSONRPCMessage) => void;
  onclose?: () => void;
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  async start(): Promise<void> {}

  async send(message: JSONRPCMessage): Promise<void> {
    this.#response.write(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
  }

  async close(): Promise<void> {
    this.#response.end();
    this.onclose?.();
  }
}

async function openSse(sessions: Map<string, SseTransport>, response: ServerResponse): Promise<void> {
  const id = `session-${sessions.size}`;
  const transport = new SseTransport(response);
  sessions.set(id, transport);
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  await orderDesk().connect(transport);
  response.write(`event: endpoint\ndata: /message?${id}\n\n`);
}

async function takeMessage(
  transport: SseTransport | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const message = JSON.parse(await bodyOf(request)) as JSONRPCMessage;
  response.writeHead(transport ? 202 : 404).end();
  transport?.onmessage?.(message);
}
