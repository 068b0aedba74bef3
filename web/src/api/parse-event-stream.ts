/** One message of a stream of server-sent events. */
export interface StreamMessage {
  readonly id: string;
  readonly type: string;
  readonly data: string;
}

/**
 * Reads server-sent events from the body of an answer.
 *
 * @remarks The format: HTML standard, section 9.2.6; this reader takes line feeds only, which the server writes.
 */
export async function* parseEventStream(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamMessage> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += decoder.decode(value, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const message = readMessage(block);
        if (message) yield message;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function readMessage(block: string): StreamMessage | null {
  const fields: Record<string, string> = {};
  for (const line of block.split('\n')) {
    const [, name, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) fields[name] = value;
  }
  const { id = '', event = 'message', data } = fields;
  return data === undefined ? null : { id, type: event, data };
}
