import { FaceTriggerError } from '../../core/errors.ts';
import type { EventTeller } from '../event-teller.ts';
import { type BrokerAccount, BrokerConnection, type BrokerMessage } from '../mqtt/broker-connection.ts';
import type { DoorEnrollment } from './door-enrollment.ts';
import { runEnrollmentCommand } from './run-enrollment-command.ts';

/** Options of {@link EnrollmentTeller.open}. */
export interface EnrollmentTellerOptions extends BrokerAccount {
  /** Start of the topics: commands come by `TOPIC/set`, and each step is told by `TOPIC/state`. */
  readonly topic: string;
  readonly enrollment: Pick<DoorEnrollment, 'start' | 'cancel' | 'list' | 'subscribe'>;
  readonly log: (message: string) => void;
}

/** Lets people be enrolled before cameras by messages of a broker: see {@link runEnrollmentCommand}. */
export class EnrollmentTeller implements EventTeller {
  readonly name = 'enrollment';
  readonly #broker: BrokerConnection;
  readonly #unsubscribe: () => void;

  /** Starts connecting; returns at once. */
  static async open(options: EnrollmentTellerOptions): Promise<EnrollmentTeller> {
    const { topic, enrollment, log } = options;
    const broker = await BrokerConnection.open({
      ...options,
      topics: [`${topic}/set`],
      onMessage: ({ payload, retained }: BrokerMessage) => {
        // A command that the broker kept was for another day.
        if (retained) return;
        try {
          runEnrollmentCommand(enrollment, payload.toString('utf8'));
        } catch (error) {
          const message = error instanceof FaceTriggerError ? error.message : String(error);
          // The sender gets the reason; it may hold a name, which a log must not.
          const code = error instanceof FaceTriggerError ? error.code : 'failed';
          log(`mqtt ${topic}/set: a command was refused (${code})`);
          broker.push({
            topic: `${topic}/state`,
            payload: JSON.stringify({ error: message }),
            retain: false,
          });
        }
      },
    });
    return new EnrollmentTeller(broker, options);
  }

  private constructor(broker: BrokerConnection, { topic, enrollment }: EnrollmentTellerOptions) {
    this.#broker = broker;
    // Not retained: a broker shall not keep whom somebody once enrolled.
    this.#unsubscribe = enrollment.subscribe((progress) => {
      broker.push({ topic: `${topic}/state`, payload: JSON.stringify(progress), retain: false });
    });
  }

  /** What cameras see is nothing to it. */
  async handle(): Promise<void> {}

  async close(graceMs = 5000): Promise<void> {
    this.#unsubscribe();
    await this.#broker.close(graceMs);
  }
}
