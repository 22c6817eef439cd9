/**
 * Which clients are taken: as many at once as there are places, the last of which are root's alone, since everybody may connect to look;
 * and few of those whom polkit has still to let in, since everybody may be one of them.
 */

/** As many clients at once, as in libvirt. */
const mostClients = 5000;

/** Of these, the places that no other user's clients get. */
const keptForRoot = 100;

/** As many strangers at once, as in libvirt (`max_anonymous_clients`). */
const mostStrangers = 20;

/** What counts of a client. */
interface Guest {
  /** Whether it has still to be said that it may do anything. */
  readonly isStranger: boolean;
}

export class Admission<Client extends Guest> {
  readonly #clients = new Set<Client>();
  /** Those that were strangers when they were last looked at. */
  readonly #strangers = new Set<Client>();

  /** Those that there are. */
  get clients(): readonly Client[] {
    return [...this.#clients];
  }

  /** How many there are. */
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

  /** It is gone. */
  leave(client: Client): void {
    this.#clients.delete(client);
    this.#strangers.delete(client);
  }

  /** A stranger that was let in is none any more: there are few of them to be looked at. */
  #forgetKnown(): void {
    for (const one of this.#strangers) if (!one.isStranger) this.#strangers.delete(one);
  }
}
