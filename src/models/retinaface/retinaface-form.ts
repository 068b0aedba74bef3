import type { InputForm } from '../../core/detect/network-input.ts';

/** What the family is given. Source: detect.py of the two projects. */
export const RETINAFACE_FORM: InputForm = {
  order: 'nchw',
  colors: 'bgr',
  mean: [104, 117, 123],
  deviation: 1,
};

/** What answers are multiplied by. Source: `variance` in data/config.py of the two projects. */
export const RETINAFACE_VARIANCES = { center: 0.1, size: 0.2 };
