/** Converts an LXC configuration to the text of a `<domain type='lxc'>`. Pure: what it needs of the host was looked up before. */
import { convertDevices } from './devices/devices';
import { numberOf, type Entry } from './entry';
import type { HostView } from './host-view';
import { withCurrentKeys } from './keys';
import { convertBlockLimits } from './limits/block';
import { convertCountedLimits } from './limits/counted';
import { convertCpu } from './limits/cpu';
import { convertMemory } from './limits/memory';
import { convertMounts } from './mounts/mounts';
import { convertRoot, type Root } from './mounts/root';
import { convertName } from './name';
import { convertNetwork, type Network } from './network/network';
import { convertCapabilities } from './process/capabilities';
import { convertConfinement, convertLabel } from './process/confinement';
import { convertIdMap } from './process/id-map';
import { convertInit } from './process/init';
import { convertNamespaces } from './process/namespaces';
import { convertStopSignal } from './process/stop-signal';
import type { Report } from './report';
import type { Scene } from './scene';
import { Settings } from './settings';
import { tellUnconverted } from './unconverted';
import { node, printXml, type PrintableElement } from '../xml/print';
import { extensionNamespace } from '../xml/vocabulary';

/** A configuration together with all files that it includes. */
export interface Configuration {
  /** In the order in which LXC reads them. */
  readonly entries: readonly Entry[];
  /** Lines of the file that lxc.mount.fstab names, as values of lxc.mount.entry. */
  readonly fstab: readonly Entry[];
  /** All files, in the order in which they were read; the first is the configuration itself. */
  readonly files: readonly string[];
  /** The path of the configuration, if it has one. */
  readonly path?: string;
}

export interface Converted {
  readonly name: string;
  /** Whether LXC starts the container with the host, which a definition can't say. */
  readonly autostart: 'on' | 'off';
  /** `<domain type='lxc'>`, as text. */
  readonly domain: string;
}

/** The settings of a configuration. Each call returns a new object, from which nothing has been taken. */
export function settingsOf({ entries }: Pick<Configuration, 'entries'>): Settings {
  return new Settings(withCurrentKeys(entries));
}

/**
 * Settings that are not carried over are added to `report`.
 *
 * @throws TslxcError CONF_SYNTAX for what LXC itself refuses; CONFIG_UNSUPPORTED for a root that a domain can't have; NO_NAME
 * if there is no name.
 */
export function convertConfiguration(
  configuration: Configuration,
  host: HostView,
  report: Report,
): Converted {
  const settings = settingsOf(configuration);
  const scene: Scene = { settings, host, report };
  const autostart = settings.rest().findLast(({ key }) => key === 'lxc.start.auto')?.value;
  const name = convertName(scene, configuration.path);
  const domain = printXml(domainElement(scene, name, configuration));
  tellUnconverted(scene);
  return { name, autostart: autostart === '1' ? 'on' : 'off', domain };
}

function domainElement(scene: Scene, name: string, configuration: Configuration): PrintableElement {
  const consoles = consoleCount(scene);
  const root = convertRoot(scene);
  const mounts = convertMounts(scene, {
    fstab: configuration.fstab,
    roots: rootsOf(root, configuration),
  });
  const pieces = [root, ...mounts];
  const { memory, tuning } = convertMemory(scene);
  const cpu = convertCpu(scene);
  const namespaces = convertNamespaces(scene);
  const network = convertNetwork(scene, namespaces.network);
  const extension = [
    ...convertConfinement(scene, consoles),
    ...convertCountedLimits(scene),
    ...pieces.flatMap((piece) => piece.extension),
    ...convertStopSignal(scene),
  ];
  const devices = [
    ...pieces.flatMap(({ elements }) => elements),
    ...network.elements,
    ...Array.from({ length: consoles }, () => node('console', { type: 'pty' })),
    ...convertDevices(
      scene,
      pieces.flatMap((piece) => piece.devices),
    ),
  ];
  return node('domain', { type: 'lxc' }, [
    node('name', {}, [name]),
    ...metadata(extension),
    memory,
    ...convertBlockLimits(scene),
    ...tuning,
    cpu.vcpu,
    ...cpu.tuning,
    ...cpu.nodes,
    convertInit(scene),
    ...convertIdMap(scene),
    features(scene, network),
    node('devices', {}, devices),
    ...convertLabel(scene),
    ...namespaces.elements,
  ]);
}

/** A domain has at least one console. */
function consoleCount({ settings }: Scene): number {
  const entry = settings.take('lxc.tty.max');
  return entry === undefined ? 1 : Math.max(1, numberOf(entry, 512));
}

/** LXC also accepts the root's usual path in the container's folder, `rootfs`. Undefined if the root is the host's. */
function rootsOf(root: Root, { path }: Configuration): string[] | undefined {
  if (root.elements.length === 0) return undefined;
  const own = path?.endsWith('/config') === true ? [path.replace(/config$/, 'rootfs')] : [];
  return [...(root.directory === undefined ? [] : [root.directory]), ...own];
}

function metadata(extension: readonly PrintableElement[]): PrintableElement[] {
  if (extension.length === 0) return [];
  const container = node('tslxc:container', { 'xmlns:tslxc': extensionNamespace }, extension);
  return [node('metadata', {}, [container])];
}

function features(scene: Scene, { isolated }: Network): PrintableElement {
  return node('features', {}, [
    ...(isolated === 'yes' ? [node('privnet')] : []),
    convertCapabilities(scene),
  ]);
}
