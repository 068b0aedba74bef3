import { FaceTriggerError } from '../core/errors.ts';

/** Bytes that may be made of each byte of a file: half precision becomes single, and each kernel is put in another order. */
const PER_BYTE = 16;
/** What small files may take besides: names and tables cost more than they are long. */
const BASE = 16 * 1024 * 1024;
/** Whatever the size of the file. */
const MOST = 2 * 1024 * 1024 * 1024;

/**
 * A bound of the memory that the conversion of a file takes. Formats that point to their parts can name one of them a
 * million times: a file of a kilobyte then asks for gigabytes.
 */
export class DecodeBudget {
  readonly #limit: number;
  readonly #fileBytes: number;
  #spent = 0;

  /** @param fileBytes - of all files of the model */
  constructor(fileBytes: number) {
    this.#fileBytes = fileBytes;
    this.#limit = Math.min(MOST, BASE + PER_BYTE * fileBytes);
  }

  /**
   * Says that memory is about to be taken.
   *
   * @throws FaceTriggerError `ERR_MODEL_FORMAT` once it is more than any honest file of this size needs
   */
  spend(bytes: number): void {
    this.#spent += bytes;
    if (this.#spent <= this.#limit) return;
    const message =
      `The model of ${this.#fileBytes} bytes would take more than ${this.#limit} bytes when converted: ` +
      'it refers to the same parts over and over, so it is damaged or malicious';
    throw new FaceTriggerError('ERR_MODEL_FORMAT', message);
  }
}
