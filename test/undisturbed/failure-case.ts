/** What a failing start is for its test: how it is brought about, what the error says, how it is mended. */
import type { DomainXmlOptions, FilesystemSource } from '../support/domain/domain-xml';
import type { FailureData } from '../support/domain/failed-start';

/** The domain's. */
export const name = 'fail-start';

/** Where a case happens: a root of tslxc, and a private root with busybox. */
export interface Scene {
  readonly root: string;
  readonly busybox: string;
}

/** An error as it has to be. `{step}` and `{place}` in the message stand for the step and the element's place. */
export type ExpectedFailure = Omit<FailureData, 'step'> & { readonly step: string | RegExp };

export interface FailureCase {
  readonly xml: DomainXmlOptions;
  /** As in StartAttempt. */
  readonly within?: string;
  readonly failure: ExpectedFailure;
  /** Afterwards the domain starts. Throws when the failed starts have destroyed what isn't theirs. */
  readonly mend: () => Promise<void> | void;
}

export type Arrange = (scene: Scene) => Promise<FailureCase> | FailureCase;

/** A root that has only busybox, with one program of it as init. */
export function privateXml(
  { busybox }: Scene,
  init: string,
  filesystems: readonly FilesystemSource[] = [],
): DomainXmlOptions {
  return { init, filesystems: [{ source: busybox, target: '/' }, ...filesystems] };
}
