/**
 * Formats a PoolDefinition as XML, in libvirt's element order and style. Parsing the result gives the same definition, and
 * formatting that gives the same text.
 */
import { node, printXml, type PrintableElement } from '../../domain/xml/print';
import type { GroupSource, Permissions, PoolDefinition, PoolSource } from './definition';
import { formatPermissions, formatSize } from './elements';

/** How much room a pool has; bytes. */
export interface PoolUsage {
  /** Of the file system, or what else the volumes are on. */
  readonly capacity: number;
  /** What is taken, by whatever it is. */
  readonly allocation: number;
  readonly available: number;
}

/** What an active pool adds to the XML of its definition. */
export interface LivePool extends PoolUsage {
  /** Of its folder. */
  readonly permissions: Permissions;
}

const nothing: PoolUsage = { capacity: 0, allocation: 0, available: 0 };

/**
 * The text of a definition, ending with a newline; without `live` it is the inactive XML.
 *
 * @throws TslxcError INVALID_ARG for a character that XML doesn't allow.
 */
export function formatPool(definition: PoolDefinition, live?: LivePool): string {
  const { name, uuid, type, cow, source, target } = definition;
  const { capacity, allocation, available } = live ?? nothing;
  const permissions = { ...definition.permissions, ...live?.permissions };
  const path = node('path', {}, [target]);
  return printXml(
    node('pool', { type }, [
      node('name', {}, [name]),
      node('uuid', {}, [uuid]),
      formatSize('capacity', capacity),
      formatSize('allocation', allocation),
      formatSize('available', available),
      ...(cow === undefined ? [] : [node('features', {}, [node('cow', { state: cow })])]),
      formatSource(source),
      node('target', {}, [path, ...formatPermissions(permissions)]),
    ]),
  );
}

/** As in libvirt with a start and an end tag even if it is empty. */
function formatSource({ mount, group, vendor, product }: PoolSource): PrintableElement {
  const names = Object.entries({ vendor, product }).flatMap(([word, name]) =>
    name === undefined ? [] : [node(word, { name })],
  );
  const mounted =
    mount === undefined
      ? []
      : [node('device', { path: mount.device }), node('format', { type: mount.format })];
  const grouped = group === undefined ? [] : formatGroup(group);
  return { ...node('source', {}, [...mounted, ...grouped, ...names]), style: 'two tags' };
}

function formatGroup({ name, devices, format }: GroupSource): PrintableElement[] {
  return [
    ...devices.map((path) => node('device', { path })),
    node('name', {}, [name]),
    node('format', { type: format }),
  ];
}
