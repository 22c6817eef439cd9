/**
 * Shaping: `<bandwidth>` on devices of this host, by tc(8). Packets to a container leave by the host's side of its
 * veth pair, and packets to all containers of a network by the bridge. Packets from containers arrive at these devices, and
 * are redirected to another device that shapes them (host/kernel/shaper.ts).
 */
import { existsSync } from 'node:fs';
import type { Bandwidth, Rate } from '../../domain/interface/definition';
import { TslxcError } from '../../errors';
import { native } from '../../host/native';
import { runProgram } from '../../host/program';
import type { Link } from '../../host/native';
import { findShaper, shaperName } from '../../host/kernel/shaper';
import type { Shaped } from '../../host/kernel/shaper';
import type { ActiveNetwork } from '../active-network';
import {
  floorQueue,
  networkLines,
  queueLine,
  redirectLines,
  rootLines,
  withoutFloorsLines,
  type Floor,
  type QueueKind,
} from './rules';
import { batchIp, batchTc, classesOf, queuesOf } from './tc';

type Directions = Pick<Bandwidth, 'inbound' | 'outbound'>;

/**
 * Sets the rates of an interface to those of `bandwidth`. The packets that are queued in an existing class are kept. `host` is the
 * host's side of a veth pair.
 *
 * @throws TslxcError OPERATION_UNSUPPORTED without the program tc; OPERATION_FAILED with tc's message.
 */
export async function shapeLink(host: string, bandwidth: Directions): Promise<void> {
  const step = `shape the network interface ${host}`;
  const { inbound, outbound } = bandwidth;
  const { isShaped, isRedirected } = await queuesOf(host, step);
  // Without an average there is only a floor, which is a class of the bridge.
  if (inbound?.average !== undefined) await shapeRoot(host, inbound, { isShaped, step });
  else if (isShaped) await batchTc([`qdisc del dev ${host} root`], step);
  await shapeIncoming(host, outbound, { isRedirected, step });
}

/** Removes all rates, if there are any. If the interface is gone, or another one has its name, only its shaper is deleted. */
export async function clearShaping({ name, mac }: Shaped): Promise<void> {
  const links = await native().listLinks();
  if (links.some((link) => link.name === name && link.address === mac)) {
    await shapeLink(name, {});
    return;
  }
  const shaper = findShaper(links, { name, mac });
  if (shaper !== undefined) await native().deleteLink(shaper.name);
}

/**
 * Sets the rates of a network, for all its containers together. Packets from port to port of its bridge do not count.
 * `floors` are the shares of the running containers.
 */
export async function shapeNetwork(
  { definition, bridge }: ActiveNetwork,
  floors: readonly Floor[] = [],
): Promise<void> {
  const step = `shape the network '${definition.name}'`;
  const { inbound, outbound } = definition.bandwidth ?? {};
  const { isShaped, isRedirected } = await queuesOf(bridge, step);
  if (inbound?.average !== undefined) {
    if (isShaped) await batchTc(withoutFloorsLines(bridge, await classesOf(bridge, step)), step);
    const action = isShaped ? 'change' : 'add';
    const rest = { action, parent: '1:2', handle: '2:' } as const;
    await withQueues(networkLines(bridge, inbound, { action, floors }), step, (kind) => [
      queueLine(bridge, inbound, { ...rest, kind }),
      ...floors.map(({ floor }, index) =>
        queueLine(bridge, { average: floor }, { action: 'add', kind, ...floorQueue(index) }),
      ),
    ]);
  } else if (isShaped) {
    await batchTc([`qdisc del dev ${bridge} root`], step);
  }
  await shapeIncoming(bridge, outbound, { isRedirected, step });
}

interface Found {
  readonly step: string;
}

async function shapeRoot(
  device: string,
  rate: Rate,
  { isShaped, step }: Found & { isShaped: boolean },
): Promise<void> {
  const action = isShaped ? 'change' : 'add';
  const queue = { action, parent: '1:1', handle: '2:' } as const;
  await withQueues(rootLines(device, rate, action), step, (kind) => [
    queueLine(device, rate, { ...queue, kind }),
  ]);
}

async function shapeIncoming(
  device: string,
  rate: Rate | undefined,
  { isRedirected, step }: Found & { isRedirected: boolean },
): Promise<void> {
  const links = await native().listLinks();
  const mac = links.find(({ name }) => name === device)?.address ?? '';
  const shaper = findShaper(links, { name: device, mac });
  const back = isRedirected ? [`qdisc del dev ${device} clsact`] : [];
  if (rate?.average === undefined) {
    // The redirection is removed first: packets that are redirected to a deleted device would be lost.
    await batchTc(back, step);
    if (shaper !== undefined) await native().deleteLink(shaper.name);
    return;
  }
  const name = shaperName(device);
  if (shaper === undefined) await makeShaper({ name, mac, links, step });
  const isShaped = shaper !== undefined && (await queuesOf(name, step)).isShaped;
  await shapeRoot(name, rate, { isShaped, step });
  if (shaper !== undefined && isRedirected) return;
  await batchTc([...back, ...redirectLines(device, name)], step);
}

async function makeShaper({
  name,
  mac,
  links,
  step,
}: Shaped & Found & { readonly links: readonly Link[] }): Promise<void> {
  await loadWithoutDevices(step);
  const isTaken = links.some((link) => link.name === name && link.kind === 'ifb');
  // It may be a leftover of a former interface of this name.
  const before = isTaken ? [`link del ${name}`] : [];
  await batchIp(
    [...before, `link add ${name} address ${mac} type ifb`, `link set ${name} up`],
    step,
  );
}

/** Loads the module without devices: when the kernel loads it by itself, it makes two devices. */
async function loadWithoutDevices(step: string): Promise<void> {
  if (existsSync('/sys/module/ifb')) return;
  const args = ['ifb', 'numifbs=0'];
  // If the module can't be loaded, making the device fails with the reason.
  await runProgram({ program: 'modprobe', package: 'kmod', args, step }).catch(() => undefined);
}

/** Kinds of queues that this kernel lacks, known from a failed attempt. */
const lacking = new Set<QueueKind>();

/** Runs `lines`, and then those of `queues`: for fq_codel, or if the kernel lacks it, for bfifo. */
async function withQueues(
  lines: readonly string[],
  step: string,
  queues: (kind: QueueKind) => readonly string[],
): Promise<void> {
  if (lacking.has('fq_codel')) {
    await batchTc([...lines, ...queues('bfifo')], step);
    return;
  }
  await batchTc(lines, step);
  try {
    await batchTc(queues('fq_codel'), step);
  } catch (error) {
    if (!TslxcError.is(error, 'OPERATION_FAILED')) throw error;
    await batchTc(queues('bfifo'), step);
    lacking.add('fq_codel');
  }
}
