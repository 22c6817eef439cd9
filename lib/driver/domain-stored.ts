/** The part of a Domain that has to do with what is kept of it: its name, its notes, its start with the host. */
import type { MetadataContent } from '../domain/elements/metadata';
import { getMetadata, getText, setMetadata, setText } from './definitions/annotations';
import { setAutostart } from './lifecycle/autostart';
import { LivingDomain } from './domain-life';
import { renameDomain } from './definitions/rename';
import type { AnnotationOptions } from './types';

export class StoredDomain extends LivingDomain {
  /**
   * Whether it is started with the host: by `Connection.autostartAll`, which a boot unit calls. It is not started now.
   *
   * @throws TslxcError INVALID_ARG for another word; OPERATION_INVALID for a transient domain.
   */
  async setAutostart(autostart: 'on' | 'off'): Promise<void> {
    this.session.requireAccess('write', 'Domain.setAutostart');
    await setAutostart(this.session, this.identity, autostart);
  }

  /**
   * Gives a domain that is off another name. Its uuid, its autostart, the way it last ended and the ids that it was
   * given stay. Resolves to its handle; for this one the domain is gone.
   *
   * @throws TslxcError OPERATION_INVALID when it runs or is transient, and when the name is its own or another's;
   * XML_ERROR for what can't be a name.
   */
  async rename(name: string): Promise<this> {
    this.session.requireAccess('write', 'Domain.rename');
    return this.sibling(await renameDomain(this.session, this.identity, name));
  }

  /** One line; undefined when there is none. @throws TslxcError OPERATION_INVALID for `live` when nothing runs. */
  async getTitle({ which }: AnnotationOptions = {}): Promise<string | undefined> {
    this.session.requireAccess('read', 'Domain.getTitle');
    return getText(this.session, this.identity, { of: 'title', which });
  }

  /**
   * Undefined, or an empty text, takes it away.
   *
   * @throws TslxcError XML_ERROR for several lines; OPERATION_INVALID for `live` when nothing runs, and for `inactive` of
   * a transient domain.
   */
  async setTitle(title: string | undefined, { which }: AnnotationOptions = {}): Promise<void> {
    this.session.requireAccess('write', 'Domain.setTitle');
    await setText(this.session, this.identity, { of: 'title', text: title, which });
  }

  /** Undefined when there is none. @throws TslxcError OPERATION_INVALID for `live` when nothing runs. */
  async getDescription({ which }: AnnotationOptions = {}): Promise<string | undefined> {
    this.session.requireAccess('read', 'Domain.getDescription');
    return getText(this.session, this.identity, { of: 'description', which });
  }

  /** As `setTitle`; it may have several lines. */
  async setDescription(
    description: string | undefined,
    { which }: AnnotationOptions = {},
  ): Promise<void> {
    this.session.requireAccess('write', 'Domain.setDescription');
    await setText(this.session, this.identity, { of: 'description', text: description, which });
  }

  /**
   * The element that `<metadata>` holds for a namespace, as text without that namespace; undefined when there is none.
   *
   * @throws TslxcError OPERATION_INVALID for `live` when nothing runs.
   */
  async getMetadata(uri: string, { which }: AnnotationOptions = {}): Promise<string | undefined> {
    this.session.requireAccess('read', 'Domain.getMetadata');
    return getMetadata(this.session, this.identity, { uri, which });
  }

  /**
   * Puts one element into `<metadata>`, in the place of the one of that namespace; undefined takes it away. Everything in
   * it that has no namespace gets this one.
   *
   * @param uri - the namespace: any text that nobody else uses, mostly a URI of yours
   * @throws DefinitionError XML_ERROR for text that is not one element, with line and column.
   * @throws TslxcError INVALID_ARG for an empty uri; XML_ERROR for a key that can't be a prefix; OPERATION_INVALID for
   * `live` when nothing runs, and for `inactive` of a transient domain; OPERATION_UNSUPPORTED for tslxc's own namespace
   * of what runs.
   * @example
   * await domain.setMetadata('https://example.com/deploy', { key: 'deploy', xml: '<release number="17"/>' });
   */
  async setMetadata(
    uri: string,
    content: MetadataContent | undefined,
    { which }: AnnotationOptions = {},
  ): Promise<void> {
    this.session.requireAccess('write', 'Domain.setMetadata');
    await setMetadata(this.session, this.identity, { uri, content, which });
  }
}
