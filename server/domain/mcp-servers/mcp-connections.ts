import {
  Client,
  SdkHttpError,
  SSEClientTransport,
  StreamableHTTPClientTransport,
  type Transport,
} from '@modelcontextprotocol/client';
import { messageOf } from '../../contract/errors.ts';
import type { EgressClient } from '../egress/egress-client.ts';
import type { JsonObject } from '../json-column.ts';
import { asObject } from '../tools/tool-schema.ts';
import type { McpTool } from './mcp-server.ts';
import type { McpAnswer, McpCaller, McpTarget } from './mcp-server-service.ts';

/** Everything that one connection may bring, all answers together. */
const maxBytes = 4 * 1024 * 1024;
const maxTools = 200;
const maxTextChars = 100_000;

/** Speaks MCP over HTTP within the egress rules; one connection for each request, so none is left open. */
export class McpConnections implements McpCaller {
  readonly #egress: EgressClient;

  constructor(egress: EgressClient) {
    this.#egress = egress;
  }

  listTools(target: McpTarget, signal?: AbortSignal): Promise<readonly McpTool[]> {
    return this.#within(target, signal, async (client, options) => {
      const tools: McpTool[] = [];
      let cursor: string | undefined;
      do {
        const page = await client.listTools(cursor === undefined ? {} : { cursor }, options);
        tools.push(...page.tools.map(toMcpTool));
        cursor = page.nextCursor;
      } while (cursor !== undefined && tools.length < maxTools);
      return tools.slice(0, maxTools);
    });
  }

  callTool(target: McpTarget, name: string, args: JsonObject, signal?: AbortSignal): Promise<McpAnswer> {
    return this.#within(target, signal, async (client, options) => {
      const result = await client.callTool({ name, arguments: { ...args } }, options);
      const content = Array.isArray(result.content) ? result.content : [];
      const texts = content.flatMap((part) => (part.type === 'text' ? [part.text] : []));
      return {
        text: texts.join('\n').slice(0, maxTextChars),
        structured: asObject(result.structuredContent) ?? null,
        isError: result.isError === true,
      };
    });
  }

  async #within<T>(
    target: McpTarget,
    signal: AbortSignal | undefined,
    use: (client: Client, options: { readonly timeout: number; readonly signal?: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    const client = new Client({ name: 'landline', version: '1' });
    const options = { timeout: target.timeoutMs, ...(signal === undefined ? {} : { signal }) };
    try {
      await client.connect(this.#transport(target), options);
      return await use(client, options);
    } catch (thrown) {
      throw new Error(rootSentence(thrown), { cause: thrown });
    } finally {
      await client.close().catch(() => {});
    }
  }

  #transport({ serverUrl, transport, headers }: McpTarget): Transport {
    const options = { fetch: this.#egress.fetchWithin(maxBytes), requestInit: { headers: { ...headers } } };
    const url = new URL(serverUrl);
    if (transport === 'sse') return new SSEClientTransport(url, options);
    return new StreamableHTTPClientTransport(url, options);
  }
}

function toMcpTool(tool: {
  readonly name: string;
  readonly description?: string | undefined;
  readonly inputSchema: unknown;
}): McpTool {
  return { name: tool.name, description: tool.description ?? null, inputSchema: asObject(tool.inputSchema) ?? {} };
}

/** The sentence of what went wrong at the bottom: libraries wrap it in ones that say less. */
function rootSentence(thrown: unknown): string {
  let error = thrown;
  for (let depth = 0; depth < 5 && error instanceof Error && error.cause instanceof Error; depth++) error = error.cause;
  if (error instanceof SdkHttpError && error.status !== undefined) return answered(error.status, error.data.text);
  return messageOf(error);
}

function answered(status: number, text: unknown): string {
  const said = typeof text === 'string' ? text.trim().slice(0, 200) : '';
  return said === '' ? `It answered ${status}.` : `It answered ${status}: ${said}`;
}
