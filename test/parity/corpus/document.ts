/** How the documents of the corpus are written: a smallest container around the one feature that each is about. */

/** One document, with the words of the feature that it is about for a name. */
export interface CorpusDocument {
  readonly name: string;
  readonly kind: 'domain' | 'network';
  /** `@tree@`, `@data@`, and so on stand for the places of places.ts. */
  readonly xml: string;
}

/** What a document about one feature adds to the smallest one, by the place where it stands. */
export interface DomainParts {
  /** Instead of `<name>` and `<memory>`. */
  readonly head?: string;
  /** Within `<domain>`, before `<os>`: libvirt takes any order. */
  readonly domain?: string;
  /** Within `<os>`. */
  readonly os?: string;
  /** Instead of the whole `<os>`. */
  readonly wholeOs?: string;
  /** Within `<features>`. */
  readonly features?: string;
  /** Within `<devices>`. */
  readonly devices?: string;
  /** Instead of `<console type='pty'/>`. */
  readonly console?: string;
  /** Instead of libvirt's `<emulator>`. */
  readonly emulator?: string;
  /** Instead of the container's root. */
  readonly root?: string;
  /** Attributes of `<domain>`. */
  readonly attributes?: string;
}

const smallestHead = '<name>@name@</name>\n  <memory>131072</memory>';
const smallestOs = '<type>exe</type>\n    <init>/bin/sleep</init>\n    <initarg>1000</initarg>';
const libvirtEmulator = '<emulator>/usr/lib/libvirt/libvirt_lxc</emulator>';
const rootAt = (folder: string): string =>
  `<filesystem type='mount'>\n      <source dir='${folder}'/>\n      <target dir='/'/>\n    </filesystem>`;
const ownRoot = rootAt('@tree@');

/** A root whose files belong to the root of a container with an id map from 100000 on. */
export const mappedRoot = rootAt('@mappedTree@');

/** The text of a domain with these parts. */
export function domainDocument(parts: DomainParts): string {
  const { head = smallestHead, wholeOs, features, attributes = '' } = parts;
  const os = wholeOs ?? `<os>\n    ${smallestOs}\n    ${parts.os ?? ''}\n  </os>`;
  return `<domain type='lxc'${attributes}>
  ${head}
  ${parts.domain ?? ''}
  ${os}
  ${features === undefined ? '' : `<features>${features}</features>`}
  <devices>
    ${parts.emulator ?? libvirtEmulator}
    ${parts.root ?? ownRoot}
    ${parts.console ?? "<console type='pty'/>"}
    ${parts.devices ?? ''}
  </devices>
</domain>
`;
}

/** The documents of an area, by the word of the feature. */
export function domains(
  area: string,
  place: keyof DomainParts,
  texts: Readonly<Record<string, string>>,
): CorpusDocument[] {
  return Object.entries(texts).map(([feature, text]) => ({
    name: `${area}-${feature}`,
    kind: 'domain',
    xml: domainDocument({ [place]: text }),
  }));
}
