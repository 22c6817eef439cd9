/** `<image:image>` in `<metadata>`: the image that a domain was made from. Kept for users and programs; nothing acts on it. Pure. */
import { TslxcError } from '../../errors';
import { present } from '../../present';
import type { XmlElement } from '../xml/element';
import { node, type PrintableElement } from '../xml/print';
import { from, keysBelow } from './origin';
import type { DomainSpec, ImageOriginSpec } from './spec';

const imageNamespace = 'urn:tslxc:image:1';

const portPattern = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp|sctp))?$/;

/** @throws TslxcError INVALID_ARG for what is not a port. */
export function imageElements({ image }: Pick<DomainSpec, 'image'>): PrintableElement[] {
  if (image === undefined) return [];
  const { name, digest, ports = [], volumes = [] } = image;
  const at = ['image'];
  const element = node('image:image', { 'xmlns:image': imageNamespace, name, digest }, [
    ...ports.map((port) => node('image:port', portAttributes(port))),
    ...volumes.map((target) => node('image:volume', { target })),
  ]);
  return [from(at, element, keysBelow(at, 'name', 'digest'))];
}

/** Undefined if there is none. */
export function imageOrigin(metadata: readonly XmlElement[]): ImageOriginSpec | undefined {
  const found = metadata.find(({ namespace }) => namespace === imageNamespace);
  if (found === undefined) return undefined;
  const children = found.children.filter((child) => typeof child !== 'string');
  const named = (name: string): XmlElement[] => children.filter((one) => one.name === name);
  const ports = named('image:port').map(portOf);
  const volumes = named('image:volume').map((one) => attribute(one, 'target') ?? '');
  return present({
    name: attribute(found, 'name') ?? '',
    digest: attribute(found, 'digest') ?? '',
    ports: ports.length === 0 ? undefined : ports,
    volumes: volumes.length === 0 ? undefined : volumes,
  });
}

function attribute({ attributes }: XmlElement, name: string): string | undefined {
  return attributes.find((one) => one.name === name)?.value;
}

function portOf(element: XmlElement): string {
  const end = attribute(element, 'end');
  const range = `${attribute(element, 'start') ?? ''}${end === undefined ? '' : `-${end}`}`;
  return `${range}/${attribute(element, 'protocol') ?? ''}`;
}

/** Whether it is a port as images have them: `80`, `80/udp`, `8000-8009/tcp`. */
export function isImagePort(port: string): boolean {
  const [, start, end = start] = portPattern.exec(port) ?? [];
  return [start, end].every((one) => Number(one) >= 1 && Number(one) <= 65535);
}

function portAttributes(port: string): Record<string, string | undefined> {
  const [, start, end, protocol = 'tcp'] = portPattern.exec(port) ?? [];
  if (isImagePort(port)) return { protocol, start, end };
  throw new TslxcError('INVALID_ARG', `'${port}' is not a port such as 80/tcp`);
}
