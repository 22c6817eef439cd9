/** The users of the host that have clients here, and what each has. */
import { boundsOf } from './bounds';
import { Quota } from './quota';
import { Turns } from './turns';
import { UnfinishedFrames } from './unfinished-frames';

export class User {
  readonly clients: Quota;
  readonly callbacks: Quota;
  readonly turns: Turns;
  readonly unfinished: UnfinishedFrames;

  constructor(uid: number) {
    const bounds = boundsOf(uid);
    this.clients = new Quota({ uid, most: bounds.clients, things: 'clients' });
    this.callbacks = new Quota({ uid, most: bounds.callbacks, things: 'callbacks' });
    this.turns = new Turns(bounds);
    this.unfinished = new UnfinishedFrames(uid, bounds);
  }
}

export class Users {
  readonly #users = new Map<number, { readonly user: User; count: number }>();

  /** Whether this user has as many clients as may be. */
  isFull(uid: number): boolean {
    return this.#users.get(uid)?.user.clients.refusal !== undefined;
  }

  /** The user, for one more client. */
  enter(uid: number): User {
    const known = this.#users.get(uid) ?? { user: new User(uid), count: 0 };
    known.count += 1;
    this.#users.set(uid, known);
    return known.user;
  }

  /** That client is gone; nothing is kept of a user without one. */
  leave(uid: number): void {
    const known = this.#users.get(uid);
    if (known === undefined) return;
    known.count -= 1;
    if (known.count === 0) this.#users.delete(uid);
  }
}
