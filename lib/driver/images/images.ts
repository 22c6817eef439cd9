/** Images: the public class. What a caller has to know is documented here. */
import { checkCalls, type CallsOf } from '../../shape/arguments';
import { imagesCalls } from '../arguments/connection-calls';
import type { ImageDomain, ImageInfo, PullOptions } from '../../image/types';
import { Session } from '../session/session';
import { collectImages, imageDomainXml, listImages, lookUpImage, pull, removeImage } from './verbs';

/**
 * The images of a connection's root: OCI and Docker images, as roots of containers. Each layer is unpacked once, is only
 * read, and is shared by all images and containers that have it.
 *
 * Every method may throw ACCESS_DENIED when the process is not root with CAP_SYS_ADMIN, and OPERATION_INVALID when the
 * connection is closed; methods that change something throw OPERATION_DENIED on a read-only connection.
 *
 * @example
 * await connection.images.pull('docker://docker.io/library/busybox:latest');
 * const domain = await connection.createFromImage('busybox', { args: ['sleep', '60'] });
 */
export class Images {
  readonly #session: Session;

  private constructor(session: Session) {
    if (!(session instanceof Session)) {
      throw new TypeError('an Images comes from Connection.images');
    }
    this.#session = session;
  }

  /** @internal They come from `Connection.images`. */
  static of(session: Session): Images {
    return new Images(session);
  }

  /**
   * Pulls an image, with the programs skopeo and umoci. An existing image of that name is replaced once the new one is
   * complete; domains that were made from it keep its layers. If the call fails or its process is killed, nothing has
   * changed.
   *
   * Digests are checked. An image is refused, and the error names the entry, when it has absolute paths, paths with `..`,
   * paths through links that lead out of its root, or more than `mostBytes`.
   *
   * @param source - `docker://NAME:TAG`, `oci:DIRECTORY:TAG`, `oci-archive:FILE`, `docker-archive:FILE` or `dir:DIRECTORY`
   * @param options - name, signal, progress, `tls` and `mostBytes`; none by default
   * @returns the image, as it is stored now
   * @throws TslxcError INVALID_ARG for a malformed source or name; OPERATION_UNSUPPORTED, with its Debian package, when a
   * program is missing; OPERATION_FAILED with skopeo's or umoci's reason, for a digest that does not match, or for an image without layers;
   * OPERATION_DENIED for an image that is refused; OPERATION_ABORTED.
   * @throws SyscallError SYSTEM_ERROR, such as ENOSPC, with `step` and `path`.
   */
  async pull(source: string, options: PullOptions = {}): Promise<ImageInfo> {
    this.#session.requireAccess('write', 'Images.pull');
    return await pull(this.#session, source, options);
  }

  /**
   * All images, by name.
   *
   * @throws SyscallError SYSTEM_ERROR when they can't be read.
   */
  async list(): Promise<ImageInfo[]> {
    this.#session.requireAccess('read', 'Images.list');
    return await listImages(this.#session);
  }

  /**
   * The image of that name; without a tag, `latest` is meant.
   *
   * @throws TslxcError NO_IMAGE when there is none; INVALID_ARG for what can't be the name of an image.
   */
  async lookup(name: string): Promise<ImageInfo> {
    this.#session.requireAccess('read', 'Images.lookup');
    return await lookUpImage(this.#session, name);
  }

  /**
   * Removes an image, and those of its layers that no other image and no domain uses.
   *
   * @throws TslxcError NO_IMAGE when there is none of that name, INVALID_ARG for what can't be one, RESOURCE_BUSY when it is
   * the root of a domain.
   */
  async remove(name: string): Promise<void> {
    this.#session.requireAccess('write', 'Images.remove');
    await removeImage(this.#session, name);
  }

  /**
   * The XML of a domain for the image, as `Connection.createFromImage` starts it. It can be changed, and defined: what a
   * stored domain writes is kept when its container ends.
   *
   * @throws TslxcError NO_IMAGE when there is no image of that name; INVALID_ARG for a value that makes no sense;
   * OPERATION_FAILED when the image has no such program.
   */
  async domainXml(name: string, domain: ImageDomain = {}): Promise<string> {
    this.#session.requireAccess('read', 'Images.domainXml');
    return await imageDomainXml(this.#session, name, domain);
  }

  /**
   * Removes what no image and no domain needs any more: layers, and what transient domains that are gone have written. Every
   * pull and removal does this too, and so does the next container that is made from an image.
   */
  async collect(): Promise<void> {
    this.#session.requireAccess('write', 'Images.collect');
    await collectImages(this.#session);
  }
}

checkCalls('Images', Images.prototype, imagesCalls satisfies CallsOf<Images>);
