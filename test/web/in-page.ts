import type { Page } from 'playwright-core';
import { type CarriedError, unpackError } from '../../src/core/carried-error.ts';
import type { Image } from '../../src/core/image/image.ts';
import type { Runtime, RuntimeSession, TensorValue } from '../../src/core/runtime/runtime.ts';
import type { Lab } from './page/lab.ts';

type Answer<T> = { readonly answer: T } | { readonly failed: CarriedError };

/** The browser's runtime as a runtime of this process: what is given and answered travels into the page and back. */
export function runtimeIn(open: () => Promise<Page>): Runtime {
  return {
    async createSession(model, options = {}) {
      const page = await open();
      const made = await page.evaluate(
        async ([bytes, settings]) => {
          const { lab } = globalThis as unknown as { lab: Lab };
          return lab.settled(lab.createSession(bytes, settings));
        },
        // A Buffer would go number by number.
        [Uint8Array.from(model), options] as const,
      );
      const { id, ...names } = unwrap(made);
      return { ...names, ...sessionIn(page, id) };
    },
  };
}

function sessionIn(page: Page, id: number): Omit<RuntimeSession, 'inputNames' | 'outputNames'> {
  const dispose = () =>
    page.evaluate(async (session) => {
      const { lab } = globalThis as unknown as { lab: Lab };
      await lab.dispose(session);
    }, id);
  return {
    async run(feeds, outputs) {
      const answer = (await page.evaluate(
        async ({ session, given, wanted }) => {
          const { lab } = globalThis as unknown as { lab: Lab };
          return lab.settled(lab.run(session, given as never, wanted));
        },
        { session: id, given: feeds as object, wanted: outputs },
      )) as Answer<Record<string, TensorValue>>;
      return unwrap(answer);
    },
    dispose,
    [Symbol.asyncDispose]: dispose,
  };
}

/** An image as ImageData has it: with an opaque fourth channel. */
export function rgbaOf({ data, width, height, channels }: Image) {
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let i = 0; i < 3; i++) rgba[pixel * 4 + i] = data[pixel * channels + (channels === 1 ? 0 : i)]!;
    rgba[pixel * 4 + 3] = 255;
  }
  return { rgba, width, height };
}

function unwrap<T>(answer: Answer<T>): T {
  if ('failed' in answer) throw unpackError(answer.failed);
  return answer.answer;
}
