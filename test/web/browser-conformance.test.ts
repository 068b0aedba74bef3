import type { Page } from 'playwright-core';
import { openEmbedder } from '../../src/node/models/open-models.ts';
import { describeEmbedder } from '../conformance/describe-embedder.ts';
import { describeRuntime } from '../conformance/describe-runtime.ts';
import { describeInBrowser } from './browser-lab.ts';
import { runtimeIn } from './in-page.ts';

describeInBrowser('in a browser', (lab) => {
  let page: Promise<Page> | undefined;
  const runtime = runtimeIn(() => {
    page ??= lab().open();
    return page;
  });
  describeRuntime('onnxruntime-web', runtime);
  describeEmbedder('a network of chips, int8, in the browser', () =>
    openEmbedder({ models: 'mobilefacenet', precision: 'int8', runtime }),
  );
});
