/** What is told of secrets, and what is asked of them. */
import type { SecretUsage } from '../../domain/secret/secret';

/** A secret, without its value. */
export interface SecretInfo {
  /** In lower case with dashes. */
  readonly uuid: string;
  /** Never on a disk, and gone when the host is switched off. */
  readonly ephemeral: boolean;
  /** The value is given to nobody. */
  readonly private: boolean;
  /** What it is for; missing if that was not said. */
  readonly usage?: SecretUsage;
  /** Missing if there is none. */
  readonly description?: string;
  /** Why its stored definition can't be read; missing if it can. */
  readonly unreadable?: string;
}

/** Which secrets are listed. */
export interface SecretFilter {
  /** Only those that are ephemeral, or only the others; both by default. */
  readonly ephemeral?: boolean | undefined;
  /** Only those that are private, or only the others; both by default. */
  readonly private?: boolean | undefined;
}
