import { expectation, FaceTriggerError } from '../../core/errors.ts';

const DLIB_DIMENSION = 128;

/** Python's programs kept embeddings of dlib. @throws FaceTriggerError `ERR_MODEL_MISMATCH` */
export function requireDlibDimension(dimension: number, file: string): void {
  if (dimension === DLIB_DIMENSION) return;
  throw new FaceTriggerError(
    'ERR_MODEL_MISMATCH',
    expectation(`${DLIB_DIMENSION}-D embeddings of dlib`, file, dimension),
  );
}
