/**
 * Which clients are taken: as many at once as there are places, the last of which are root's alone, since everybody may connect to look;
 * and few of those whom polkit has still to let in, since everybody may be one of them.
 */

/** As many clients at once, as in libvirt. */
export const mostClients = 5000;

/** Of these, the places that no other user's clients get. */
export const keptForRoot = 100;

/** As many clients at once are told why they are not taken, and so long, in milliseconds, before they are disconnected without a word. */
export const mostTurnedAway = 20;
export const longestTurnedAway = 5000;

/** As many strangers at once, as in libvirt (`max_anonymous_clients`). */
export const mostStrangers = 20;

/** What counts of a client. */
interface Guest {
  /** Whether it has still to be said that it may do anything. */
  readonly isStranger: boolean;
  /** At once. */
  close(): void;
}

export class Admission<Client extends Guest> {
  readonly #clients = new Set<Client>();
  /** Those that were strangers when they were last looked at. */
  readonly #strangers = new Set<Client>();
  /** Those that are told why they are not taken. */
  readonly #turnedAway = new Map<Client, NodeJS.Timeout>();

  /** Those that there are, with those that are being turned away. */
  get clients(): readonly Client[] {
    return [...this.#clients, ...this.#turnedAway.keys()];
  }

  /** How many there are that were taken. */
  get count(): number {
    return this.#clients.size;
  }

  /** Whether there is a place for one more client of this user. */
  hasPlaceFor(uid: number): boolean {
    const kept = uid === 0 ? 0 : keptForRoot;
    return this.#clients.size < mostClients - kept;
  }

  /** Takes a client, unless it is a stranger too many: false then, and nothing of it is kept. */
  take(client: Client): boolean {
    if (client.isStranger) {
      this.#forgetKnown();
      if (this.#strangers.size >= mostStrangers) return false;
      this.#strangers.add(client);
    }
    this.#clients.add(client);
    return true;
  }

  /** Whether one more client that is not taken may hear why. */
  get canTurnAway(): boolean {
    return this.#turnedAway.size < mostTurnedAway;
  }

  /** Gives a client that is not taken a moment to hear why. */
  turnAway(client: Client): void {
    this.#turnedAway.set(client, setTimeout(() => client.close(), longestTurnedAway).unref());
  }

  /** It is gone. */
  leave(client: Client): void {
    clearTimeout(this.#turnedAway.get(client));
    this.#turnedAway.delete(client);
    this.#clients.delete(client);
    this.#strangers.delete(client);
  }

  /** A stranger that was let in is none any more: there are few of them to be looked at. */
  #forgetKnown(): void {
    for (const one of this.#strangers) if (!one.isStranger) this.#strangers.delete(one);
  }
}
