/** Name of the detector graph's input, planes of floats. */
export const DETECTOR_INPUT = 'planes';
/** Name of the quantized detector graph's input, blocks of bytes. */
export const BLOCK_DETECTOR_INPUT = 'blocks';
/** Name of both graphs' output. */
export const DETECTOR_OUTPUT = 'scores';
/** Key of the metadata property with {@link MmodFacts} as JSON. */
export const MMOD_FACTS_KEY = 'face_trigger.mmod';

/** What turns a cell of the score map into a box; kept as metadata of the model file. */
export interface MmodFacts {
  readonly window: { readonly width: number; readonly height: number };
  readonly nmsIou: number;
  readonly nmsPercentCovered: number;
  readonly averages: readonly [r: number, g: number, b: number];
  /** From the first convolution to the last. */
  readonly convs: readonly { readonly kernel: number; readonly stride: number; readonly padding: number }[];
}
