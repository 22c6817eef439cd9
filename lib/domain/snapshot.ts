/** libvirt's `<domainsnapshot>`: parses the XML of a request, and prints that of an existing snapshot. Pure. */
import { TslxcError } from '../errors';
import type { XmlElement } from './xml/element';
import { node, printXml, type PrintableElement } from './xml/print';
import { contentOf, wordOf } from './xml/reading';
import { definitionError } from './xml/source-location';
import { parseXml } from './xml/xml';

/** In libvirt's words. `disk-snapshot`: the domain was paused; its memory is not saved. */
export type SnapshotState = 'shutoff' | 'disk-snapshot';

/** A request for a snapshot, from XML or from a caller. */
export interface SnapshotRequest {
  /** Default: the time as seconds since 1970. */
  readonly name?: string | undefined;
  /** Any text; none by default. */
  readonly description?: string | undefined;
}

export interface SnapshotDescription {
  readonly name: string;
  /** Any text; none by default. */
  readonly description?: string;
  readonly state: SnapshotState;
  /** The snapshot that was current when this one was made. */
  readonly parent?: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  /** The definition of the domain at that time. */
  readonly xml: string;
}

/** NAME_MAX, less room for prefixes of the folder's name. */
const longestName = 200;

/** Values of `snapshot` of `<memory>` that do not ask to save the memory, which is never saved. */
const withoutState: readonly (string | undefined)[] = [undefined, 'no', 'none'];

/** Ignores unknown elements, as libvirt does. @throws DefinitionError XML_ERROR, XML_DETAIL or CONFIG_UNSUPPORTED. */
export function parseSnapshot(xml: string): SnapshotRequest {
  const root = parseXml(xml);
  const at = (element: XmlElement, name = '') => ({
    path: `domainsnapshot${name}`,
    position: element.position,
  });
  if (wordOf(root) !== 'domainsnapshot') {
    const detail = `unexpected root element <${root.name}>, expecting <domainsnapshot>`;
    throw definitionError('XML_ERROR', detail, { path: root.name, position: root.position });
  }
  const memory = childOf(root, 'memory');
  const kept = memory?.attributes.find(({ name }) => name === 'snapshot')?.value;
  if (memory !== undefined && !withoutState.includes(kept)) {
    const detail = `memory of a container can't be kept in a snapshot: snapshot='${kept}'`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, at(memory, '/memory'));
  }
  const disks = childOf(root, 'disks');
  if (disks !== undefined && disks.children.length > 0) {
    const detail = 'disks are not part of a snapshot of a container';
    throw definitionError('CONFIG_UNSUPPORTED', detail, at(disks, '/disks'));
  }
  const [name, description] = [textIn(root, 'name'), textIn(root, 'description')];
  if (name !== undefined) checkSnapshotName(name);
  return {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
  };
}

/** Checks a name, which becomes the name of a folder. @throws TslxcError XML_DETAIL, in libvirt's words. */
export function checkSnapshotName(name: string): void {
  const refuse = (why: string): never => {
    throw new TslxcError('XML_DETAIL', `invalid snapshot name '${name}': ${why}`);
  };
  if (name === '') refuse("name can't be empty");
  if (name.includes('/')) refuse("name can't contain '/'");
  if (name.startsWith('.')) refuse("name can't start with '.'");
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(name)) refuse("name can't contain control characters");
  if (Buffer.byteLength(name) > longestName) refuse(`name is longer than ${longestName} bytes`);
}

/** The XML that `snapshot-create-as --print-xml` shows. */
export function formatSnapshotRequest({ name, description }: SnapshotRequest): string {
  return printXml(
    node('domainsnapshot', {}, [...text('name', name), ...text('description', description)]),
  );
}

export function formatSnapshot(snapshot: SnapshotDescription): string {
  const { name, description, state, parent, created, xml } = snapshot;
  return printXml(
    node('domainsnapshot', {}, [
      ...text('name', name),
      ...text('description', description),
      ...text('state', state),
      ...(parent === undefined ? [] : [node('parent', {}, text('name', parent))]),
      ...text('creationTime', String(Math.floor(created / 1000))),
      node('memory', { snapshot: 'no' }),
      parseXml(xml),
    ]),
  );
}

function text(name: string, value: string | undefined): PrintableElement[] {
  return value === undefined || value === '' ? [] : [node(name, {}, [value])];
}

function childOf({ children }: XmlElement, name: string): XmlElement | undefined {
  return children.find(
    (child): child is XmlElement => typeof child !== 'string' && wordOf(child) === name,
  );
}

function textIn(root: XmlElement, name: string): string | undefined {
  const child = childOf(root, name);
  const value = child === undefined ? '' : contentOf(child);
  return value === '' ? undefined : value;
}
