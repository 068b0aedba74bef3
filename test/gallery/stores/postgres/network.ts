import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A network between a test and a server on this machine, which can break in the ways in which networks do. */
export interface Network {
  /** Where the server is reached through it. */
  readonly port: number;
  /** All connections are closed, and new ones refused. */
  cut(): Promise<void>;
  /** Nothing comes through and nobody is told, as where a cable is pulled out; new connections get no answer. */
  swallow(): void;
  /** Works again; what was swallowed arrives. */
  mend(): Promise<void>;
}

/** Starts one, which ends with the test. */
export async function startNetwork(serverPort: number, serverHost = '127.0.0.1'): Promise<Network> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let isSwallowing = false;
  const proxy = createServer((near) => {
    const far = connect(serverPort, serverHost);
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from
        .on('error', () => to.destroy())
        .on('close', () => {
          // The end of a connection is not heard of either.
          if (!isSwallowing) to.destroy();
          pairs.delete(pair);
        });
      from.pipe(to);
      if (isSwallowing) from.unpipe(to).pause();
    }
  });
  const listen = (port: number) => new Promise<void>((resolve) => proxy.listen(port, '127.0.0.1', resolve));
  const cut = async () => {
    const closed = new Promise((resolve) => proxy.close(resolve));
    for (const [near, far] of pairs) {
      near.destroy();
      far.destroy();
    }
    await closed;
  };
  await listen(0);
  const { port } = proxy.address() as AddressInfo;
  onTestFinished(cut);
  return {
    port,
    cut,
    swallow: () => {
      isSwallowing = true;
      for (const [near, far] of pairs) {
        near.unpipe(far).pause();
        far.unpipe(near).pause();
      }
    },
    mend: async () => {
      if (!proxy.listening) await listen(port);
      if (!isSwallowing) return;
      isSwallowing = false;
      for (const [near, far] of pairs) {
        if (near.destroyed) far.destroy();
        near.pipe(far);
        far.pipe(near);
      }
    },
  };
}
