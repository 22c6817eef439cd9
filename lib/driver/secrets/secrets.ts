/** Secrets: the public class. What a caller has to know is documented here. */
import type { SecretUsage } from '../../domain/secret/secret';
import { checkCalls, type CallsOf } from '../../shape/arguments';
import { Session } from '../session/session';
import type { DefineOptions } from '../types';
import { secretsCalls } from './calls';
import type { SecretFilter, SecretInfo } from './types';
import {
  defineSecret,
  listSecrets,
  lookUpSecret,
  lookUpSecretByUsage,
  secretValue,
  secretXml,
  setSecretValue,
  undefineSecret,
} from './verbs';

/**
 * Passwords and keys that programs keep here, as with libvirt: a definition says what each is for, and its value is kept in a file
 * that only root can read. No container is given one by itself.
 *
 * Every method may throw ACCESS_DENIED when the process is not root with CAP_SYS_ADMIN, and OPERATION_INVALID when the connection is
 * closed; methods that change something, and `getValue`, throw OPERATION_DENIED on a read-only connection.
 *
 * @example
 * const { uuid } = await connection.secrets.define("<secret><usage type='tls'><name>web</name></usage></secret>");
 * await connection.secrets.setValue(uuid, Buffer.from('hunter2'));
 */
export class Secrets {
  readonly #session: Session;

  private constructor(session: Session) {
    if (!(session instanceof Session))
      throw new TypeError('a Secrets comes from Connection.secrets');
    this.#session = session;
  }

  /** @internal They come from `Connection.secrets`. */
  static of(session: Session): Secrets {
    return new Secrets(session);
  }

  /**
   * Stores a secret without a value, or replaces the definition of one: its value stays. Without `<uuid>` it gets a new one. An
   * `ephemeral` one is kept below `/run`, and is gone after the host's next boot.
   *
   * As in libvirt, elements, attributes and text that its schema does not know are left out; `onWarning` is called for each.
   *
   * @param xml - `<secret>`
   * @param options - `validate`: refuses what the schema does not know; `onWarning`; none by default
   * @throws DefinitionError XML_ERROR and others, with `element`, `line` and `column`; with `validate` XML_INVALID_SCHEMA, with
   * `problems`.
   * @throws TslxcError INTERNAL_ERROR, as libvirt, when another secret is for the same, when this one was for something else before,
   * or when it was private and would not be any more; OPERATION_UNSUPPORTED when `validate` finds libvirt's schema installed but not
   * xmllint.
   * @see virSecretDefineXML, `virsh secret-define`
   */
  async define(xml: string, options: DefineOptions = {}): Promise<SecretInfo> {
    this.#session.requireAccess('write', 'Secrets.define');
    return await defineSecret(this.#session, xml, options);
  }

  /**
   * The secrets, by uuid. One whose stored definition can't be read is among them: `unreadable` says why, and it counts as private.
   *
   * @param filter - all secrets by default
   * @throws SyscallError SYSTEM_ERROR when they can't be read.
   * @see virConnectListAllSecrets, `virsh secret-list`
   */
  async list(filter: SecretFilter = {}): Promise<SecretInfo[]> {
    this.#session.requireAccess('read', 'Secrets.list');
    return await listSecrets(this.#session, filter);
  }

  /**
   * The secret that has this uuid.
   *
   * @param uuid - 32 hexadecimal digits in any case; dashes and blanks between bytes are ignored
   * @throws TslxcError NO_SECRET when there is none; INVALID_ARG for a text that is not a uuid.
   * @see virSecretLookupByUUIDString
   */
  async lookup(uuid: string): Promise<SecretInfo> {
    this.#session.requireAccess('read', 'Secrets.lookup');
    return Promise.resolve(lookUpSecret(this.#session, uuid));
  }

  /**
   * The secret that is for this.
   *
   * @throws TslxcError NO_SECRET when there is none.
   * @see virSecretLookupByUsage
   */
  async lookupByUsage(usage: SecretUsage): Promise<SecretInfo> {
    this.#session.requireAccess('read', 'Secrets.lookupByUsage');
    return await lookUpSecretByUsage(this.#session, usage);
  }

  /**
   * A secret as libvirt's `<secret>`, which never has the value. Ends with a newline.
   *
   * @throws TslxcError NO_SECRET when there is none; INVALID_ARG for a text that is not a uuid.
   * @throws DefinitionError when its stored definition can't be read.
   * @see virSecretGetXMLDesc, `virsh secret-dumpxml`
   */
  async xml(uuid: string): Promise<string> {
    this.#session.requireAccess('read', 'Secrets.xml');
    return Promise.resolve(secretXml(this.#session, uuid));
  }

  /**
   * Replaces the value of a secret.
   *
   * @param value - at most 64 KiB
   * @throws TslxcError NO_SECRET when there is none; INVALID_ARG for a text that is not a uuid, and for a longer value.
   * @throws SyscallError SYSTEM_ERROR, such as ENOSPC, with `path`: the former value then stays.
   * @see virSecretSetValue, `virsh secret-set-value`
   */
  async setValue(uuid: string, value: Uint8Array): Promise<void> {
    this.#session.requireAccess('write', 'Secrets.setValue');
    await setSecretValue(this.#session, uuid, value);
  }

  /**
   * The value of a secret that is not private.
   *
   * @throws TslxcError NO_SECRET when there is none, and when it has no value; INVALID_SECRET when it is private; INVALID_ARG for a text
   * that is not a uuid.
   * @throws DefinitionError, with the file as its `path`, when its definition can't be read: it might be private.
   * @see virSecretGetValue, `virsh secret-get-value`
   */
  async getValue(uuid: string): Promise<Buffer> {
    this.#session.requireAccess('write', 'Secrets.getValue');
    return Promise.resolve(secretValue(this.#session, uuid));
  }

  /**
   * Removes a secret and its value.
   *
   * @throws TslxcError NO_SECRET when there is none; INVALID_ARG for a text that is not a uuid.
   * @see virSecretUndefine, `virsh secret-undefine`
   */
  async undefine(uuid: string): Promise<void> {
    this.#session.requireAccess('write', 'Secrets.undefine');
    await undefineSecret(this.#session, uuid);
  }
}

checkCalls('Secrets', Secrets.prototype, secretsCalls satisfies CallsOf<Secrets>);
