import { describe, expect, it } from 'vitest';
import { parseLabelMap } from '../../src/classify/label-map.ts';
import { ProtoWriter } from '../../src/onnx/proto-writer.ts';
import { readFloatConstant } from '../../src/onnx/read-constant.ts';
import { readNodes } from '../../src/onnx/read-nodes.ts';
import { parseTriggers } from '../../src/watch/triggers/read-triggers.ts';

// Each of these files once gave a RangeError of the engine's, or ended the process; case numbers are those of `npm run fuzz`.
describe('files that fuzzing found', () => {
  const deep = (open: string, close = '') => open.repeat(50_000) + close.repeat(50_000);

  it('a label map nested too deeply to be shown in the message (labels, case 1336092462)', () => {
    for (const text of [
      deep('[', ']'),
      `{"version":1,"labels":[${deep('{"a":', '').concat('1', '}'.repeat(50_000))}]}`,
    ]) {
      expect(() => parseLabelMap(Buffer.from(text))).toThrow(
        expect.objectContaining({ name: 'FaceTriggerError', code: 'ERR_FILE_FORMAT' }),
      );
    }
  });

  it('a triggers file nested too deeply for its reader (triggers, case 1310180440)', () => {
    for (const text of [deep('- '), deep('? '), deep('[', ']'), `triggers: ${deep('{"a":')}`]) {
      expect(() => parseTriggers(text, { path: 'triggers.yaml' })).toThrow(
        expect.objectContaining({ name: 'FaceTriggerError', code: 'ERR_FILE_FORMAT' }),
      );
    }
  });

  it('an ONNX constant of a million dimensions', () => {
    const model = new ProtoWriter()
      .message(7, (graph) =>
        graph.message(5, (tensor) =>
          tensor.bytes(1, new Uint8Array(1_000_000).fill(2)).varint(2, 1).string(8, 'w'),
        ),
      )
      .finish();
    expect(() => readNodes(model)).toThrow(expect.objectContaining({ code: 'ERR_MODEL_FORMAT' }));
    expect(readFloatConstant(model, 'w')).toBeNull();
  });
});
