/** A real libvirtd for documents that were drawn: another one in the place of one that a document has ended. */
import { Libvirt } from '../../support/machine/libvirt';
import type { CorpusDocument } from '../corpus/document';
import { definedByLibvirt, type Defined } from '../sides';

export class LastingLibvirt implements AsyncDisposable {
  #libvirt: Libvirt;
  /** The names of the documents that have ended one. */
  readonly fatal: string[] = [];

  private constructor(libvirt: Libvirt) {
    this.#libvirt = libvirt;
  }

  static async start(): Promise<LastingLibvirt> {
    return new LastingLibvirt(await Libvirt.start());
  }

  /** Undefined for a document that ends the daemon. */
  async define(
    document: CorpusDocument,
    where: { readonly xml: string; readonly folder: string },
  ): Promise<Defined | undefined> {
    const defined = await definedByLibvirt(this.#libvirt, document, where);
    if (!('refusal' in defined) || !(await this.#hasEnded())) return defined;
    this.fatal.push(document.name);
    await this.#libvirt[Symbol.asyncDispose]();
    this.#libvirt = await Libvirt.start();
    return undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#libvirt[Symbol.asyncDispose]();
  }

  async #hasEnded(): Promise<boolean> {
    return (await this.#libvirt.tryVirsh('version')).code !== 0;
  }
}
