/** What every part of a Domain has: who it is, and the session that it is looked at through. */
import type { Identity } from '../host/state/definition-store';
import type { Session } from './session/session';

export class DomainHandle {
  readonly name: string;
  /** Lower case with dashes. */
  readonly uuid: string;
  /** @internal */
  protected readonly session: Session;
  /** @internal */
  protected readonly identity: Identity;

  /** @internal */
  constructor(session: Session, { name, uuid }: Identity) {
    this.name = name;
    this.uuid = uuid;
    this.session = session;
    this.identity = { name, uuid };
  }

  /** @internal A handle of the same kind on another domain. */
  protected sibling(identity: Identity): this {
    const Kind = this.constructor as new (session: Session, identity: Identity) => this;
    return new Kind(this.session, identity);
  }
}
