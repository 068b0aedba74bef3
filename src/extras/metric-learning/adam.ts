/** Options of {@link Adam}. */
export interface AdamOptions {
  /** Size of a step, about how far one parameter moves at most. */
  readonly learningRate: number;
}

/** Source: Kingma and Ba, arXiv 1412.6980, algorithm 1. */
const BETA_1 = 0.9;
const BETA_2 = 0.999;
const EPSILON = 1e-8;

/** Adam: gradient descent whose step follows each parameter's own history. */
export class Adam {
  readonly #learningRate: number;
  readonly #mean: Float64Array;
  readonly #square: Float64Array;
  #steps = 0;

  /** @param count - number of parameters */
  constructor(count: number, { learningRate }: AdamOptions) {
    this.#learningRate = learningRate;
    this.#mean = new Float64Array(count);
    this.#square = new Float64Array(count);
  }

  /** Moves the parameters, in place, one step against their gradient. */
  step(parameters: Float64Array, gradient: Float64Array): void {
    this.#steps += 1;
    const unbias1 = 1 - BETA_1 ** this.#steps;
    const unbias2 = 1 - BETA_2 ** this.#steps;
    for (let i = 0; i < parameters.length; i++) {
      const slope = gradient[i]!;
      const mean = BETA_1 * this.#mean[i]! + (1 - BETA_1) * slope;
      const square = BETA_2 * this.#square[i]! + (1 - BETA_2) * slope * slope;
      this.#mean[i] = mean;
      this.#square[i] = square;
      parameters[i]! -= (this.#learningRate * (mean / unbias1)) / (Math.sqrt(square / unbias2) + EPSILON);
    }
  }
}
