import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FaceTriggerError } from '../../src/core/errors.ts';
import { readFields, readPackedVarints } from '../../src/onnx/proto-reader.ts';
import { ProtoWriter } from '../../src/onnx/proto-writer.ts';

const integer = fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -300, max: 300 }));
const field = fc.integer({ min: 1, max: 2 ** 20 });
const entry = fc.oneof(
  fc.record({ kind: fc.constant('varint' as const), field, value: integer }),
  fc.record({ kind: fc.constant('float' as const), field, value: fc.float({ noNaN: true }) }),
  fc.record({ kind: fc.constant('bytes' as const), field, value: fc.uint8Array({ maxLength: 300 }) }),
);

describe('ProtoWriter and readFields', () => {
  it('bring any fields back, in order', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 12 }), (entries) => {
        const writer = new ProtoWriter();
        for (const { kind, field: id, value } of entries) {
          if (kind === 'varint') writer.varint(id, value);
          else if (kind === 'float') writer.float(id, value);
          else writer.bytes(id, value);
        }
        const read = [...readFields(writer.finish())];
        expect(read.map(({ field: id }) => id)).toEqual(entries.map(({ field: id }) => id));
        read.forEach(({ bytes, number }, i) => {
          const { kind, value } = entries[i]!;
          if (kind === 'bytes') expect([...bytes!]).toEqual([...value]);
          else expect(number).toBe(value);
        });
      }),
    );
  });

  it('bring packed numbers and nested messages back', () => {
    fc.assert(
      fc.property(fc.array(integer, { maxLength: 30 }), fc.string(), (values, text) => {
        const bytes = new ProtoWriter()
          .message(3, (inner) => inner.packedVarints(1, values).string(2, text))
          .finish();
        const [message] = readFields(bytes);
        const [packed, name] = readFields(message!.bytes!);
        expect(readPackedVarints(packed!.bytes!)).toEqual(values);
        expect(Buffer.from(name!.bytes!).toString('utf8')).toBe(Buffer.from(text).toString('utf8'));
      }),
    );
  });

  it('write what protocol buffers write', () => {
    // The examples of protobuf.dev/programming-guides/encoding.
    expect([...new ProtoWriter().varint(1, 150).finish()]).toEqual([0x08, 0x96, 0x01]);
    expect([...new ProtoWriter().string(2, 'testing').finish()]).toEqual([
      0x12,
      7,
      ...Buffer.from('testing'),
    ]);
    expect([...new ProtoWriter().packedVarints(6, [3, 270, 86942]).finish()]).toEqual([
      0x32, 0x06, 0x03, 0x8e, 0x02, 0x9e, 0xa7, 0x05,
    ]);
    expect(new ProtoWriter().varint(1, -1).finish()).toHaveLength(11);
  });

  it('read random bytes without any other error than ERR_MODEL_FORMAT', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        for (const read of [() => [...readFields(bytes)], () => readPackedVarints(bytes)]) {
          try {
            read();
          } catch (error) {
            expect((error as FaceTriggerError).code).toBe('ERR_MODEL_FORMAT');
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('refuse a length that reaches over the end', () => {
    for (const bytes of [
      [0x12],
      [0x12, 5, 1],
      [0x12, 0xff, 0xff, 0xff, 0xff, 0x0f],
      [0x08],
      [0x0d, 1, 2, 3],
      [0x0b],
    ]) {
      expect(() => [...readFields(Uint8Array.from(bytes))]).toThrow(FaceTriggerError);
    }
  });
});
