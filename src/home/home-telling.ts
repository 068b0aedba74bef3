import type { ReadHomeConfig } from './config/read-home-config.ts';
import type { EventTeller } from './event-teller.ts';
import type { FrigateSource } from './frigate/frigate-source.ts';
import { closeAll } from './open-tellers.ts';

/** What {@link HomeTelling} opens. */
export interface HomeTellingOptions {
  /** @returns those who are told, as a configuration names them */
  readonly openTellers: (config: ReadHomeConfig) => Promise<readonly EventTeller[]>;
  /** @returns null where a configuration has no Frigate */
  readonly openFrigate: (config: ReadHomeConfig) => Promise<FrigateSource | null>;
}

/** Whoever is told what happens in a home, and Frigate, which uses the same broker. */
export class HomeTelling {
  readonly #options: HomeTellingOptions;
  #tellers: readonly EventTeller[] = [];
  #frigate: FrigateSource | null = null;

  constructor(options: HomeTellingOptions) {
    this.#options = options;
  }

  get tellers(): readonly EventTeller[] {
    return this.#tellers;
  }

  /** Whether events come from Frigate too. */
  get hasFrigate(): boolean {
    return this.#frigate !== null;
  }

  async open(config: ReadHomeConfig): Promise<void> {
    this.#tellers = await this.#options.openTellers(config);
    this.#frigate = await this.#options.openFrigate(config);
  }

  /**
   * Goes on with another configuration.
   *
   * @throws what opening throws; then those of the configuration before are back
   * @remarks A queue or a broker's session has room for one, so the old ones go first.
   */
  async reopen(config: ReadHomeConfig, before: ReadHomeConfig): Promise<void> {
    await this.#close();
    try {
      await this.open(config);
    } catch (error) {
      await this.#close();
      await this.open(before);
      throw error;
    }
  }

  /** Takes nothing from Frigate any more. */
  async closeFrigate(): Promise<void> {
    const frigate = this.#frigate;
    this.#frigate = null;
    await frigate?.[Symbol.asyncDispose]();
  }

  /** Lets all tell what they have. */
  async closeTellers(): Promise<void> {
    await closeAll(this.#tellers);
  }

  async #close(): Promise<void> {
    const tellers = this.#tellers;
    this.#tellers = [];
    await this.closeFrigate();
    await closeAll(tellers);
  }
}
