/**
 * An interface that the host has lent to a container, and how it comes home. A network namespace that ends destroys its
 * virtual interfaces, and hands the physical ones to the host's first namespace under whatever names they had inside;
 * so the interface is taken back before, by a descriptor of the namespace. What the kernel drops at each move stays
 * dropped: addresses, routes, membership in a bridge, and the state up.
 */
import { closeSync, constants, openSync } from 'node:fs';
import { constants as system } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { TslxcError } from '../../errors';
import { native } from '../../host/native';
import type { Link, LinkChange } from '../../host/native';
import { inEach, ownNetwork } from './retained-netns';

export interface BorrowedLink {
  /** On the host. */
  readonly name: string;
  /** Inside. */
  readonly guest: string;
  /** Kind, MAC address and MTU as they were on the host: the container may have changed the latter two. */
  readonly kind: string;
  readonly mac: string;
  readonly mtu: number;
  /** The kernel's index, which the interface keeps inside, where no other has been made before. */
  readonly index: number;
  readonly alternativeNames: readonly string[];
}

/**
 * How long the kernel may take to hand back the interfaces of a namespace that has ended, and the pause between two
 * looks; in milliseconds.
 */
const patience = { whole: 2000, pause: 20 };

/**
 * Brings the interface home under its own name, or under another if that is taken by now. `notice` is told of another
 * name, and of an interface that is lost. Does nothing when it is home already.
 */
export async function returnLink(
  borrowed: BorrowedLink,
  networks: readonly string[],
  notice: (text: string) => void,
): Promise<void> {
  const arrived: string[] = [];
  await inEach(networks, async (network) => {
    arrived.push(...(await takeFrom(network, borrowed)));
  });
  const home = await findAtHome(borrowed, arrived);
  const { name } = borrowed;
  if (home === undefined) {
    notice(`the network interface '${name}' is lost: it went with the network of its container`);
    return;
  }
  const own = await nameAtHome(home, borrowed);
  if (own !== name) {
    const words = `the network interface '${name}' came back as '${own}'`;
    notice(`${words}: its name is taken by another`);
  }
}

/** Takes the interface out of a namespace. The name that it then has at home; none if it was not there. */
async function takeFrom(network: number, borrowed: BorrowedLink): Promise<string[]> {
  const found = matching(await native().listLinks(network), borrowed);
  return found === undefined ? [] : [await moveHome(found, network, borrowed)];
}

/**
 * Finds the interface by its index, which root inside can't change. One that has left the container's network in the
 * meantime may have another index: it is found by its address, or at last by its name, since both may have been
 * changed, or exchanged.
 */
function matching(
  links: readonly Link[],
  { guest, kind, mac, index }: BorrowedLink,
): Link | undefined {
  const alike = links.filter((link) => link.kind === kind && link.name !== 'lo');
  return (
    alike.find((link) => link.index === index) ??
    alike.find(({ name, address }) => name === guest && address === mac) ??
    alike.find(({ address }) => address === mac) ??
    alike.find(({ name }) => name === guest)
  );
}

/** Restores the interface first, so that it can be recognized at home by its address. Returns the name that it has there. */
async function moveHome(found: Link, network: number, borrowed: BorrowedLink): Promise<string> {
  const { name, mac, mtu } = borrowed;
  await restore(found.name, [{ state: 'down' }, { address: mac }, { mtu }], network);
  await dropNames(found, borrowed, network);
  const home = openSync(ownNetwork, constants.O_RDONLY);
  try {
    for (const free of otherNames(name)) {
      try {
        await native().changeLink(found.name, { name: free, namespace: home }, network);
        return free;
      } catch (error) {
        // It is home: the kernel has moved it, and then found its name taken.
        if (isErrno(error, system.errno.ENODEV)) return found.name;
        if (!isErrno(error, system.errno.EEXIST)) throw error;
      }
    }
    throw new TslxcError('RESOURCE_BUSY', `no name is free for the network interface '${name}'`);
  } finally {
    closeSync(home);
  }
}

/** What can't be changed stays as the container has left it. */
async function restore(name: string, changes: readonly LinkChange[], network: number) {
  for (const change of changes) {
    await native().changeLink(name, change, network).catch(unlessRefused);
  }
}

/**
 * Drops the alternative names that the container has given: they would become names of the host, and the kernel does
 * not move an interface with one that the host has already.
 */
async function dropNames(
  { name, alternativeNames }: Link,
  borrowed: BorrowedLink,
  network?: number,
): Promise<void> {
  for (const one of alternativeNames) {
    if (borrowed.alternativeNames.includes(one)) continue;
    await native().changeLink(name, { droppedNames: [one] }, network);
  }
}

function unlessRefused(error: unknown): void {
  if (!TslxcError.is(error, 'SYSTEM_ERROR')) throw error;
}

/** Its own name first; the others are at most 15 bytes long, as the kernel requires. */
function* otherNames(name: string): Generator<string> {
  yield name;
  for (let number = 1; number < 100; number += 1) {
    const ending = `-${number}`;
    yield name.slice(0, 15 - ending.length) + ending;
  }
}

/**
 * A physical interface comes by itself, some time after its namespace has ended, under whatever name it had inside. A
 * virtual one never does, and others of its kind may have its address: all VLANs of a device have the same.
 */
async function findAtHome(
  borrowed: BorrowedLink,
  arrived: readonly string[],
): Promise<Link | undefined> {
  const isPhysical = borrowed.kind === '';
  const deadline = performance.now() + (isPhysical ? patience.whole : 0);
  const names = [...arrived, ...otherNames(borrowed.name)];
  for (;;) {
    const links = await native().listLinks();
    const alike = links.filter(({ kind }) => kind === borrowed.kind);
    const known = alike.filter(({ address }) => address === borrowed.mac);
    const found =
      alike.find(({ name }) => arrived.includes(name)) ??
      known.find(({ name }) => name === borrowed.name) ??
      known.find(({ name }) => isPhysical || names.includes(name)) ??
      alike.find(({ name }) => name === borrowed.name);
    if (found !== undefined || performance.now() >= deadline) return found;
    await sleep(patience.pause);
  }
}

/**
 * Gives the interface its own name, or another from `otherNames`: never one that the container has chosen. Returns the
 * name that it then has.
 */
async function nameAtHome(home: Link, borrowed: BorrowedLink): Promise<string> {
  await dropNames(home, borrowed);
  for (const name of otherNames(borrowed.name)) {
    if (home.name === name || (await rename(home.name, name))) return name;
  }
  return home.name;
}

async function rename(from: string, name: string): Promise<boolean> {
  try {
    await native().changeLink(from, { state: 'down', name });
    return true;
  } catch (error) {
    if (isErrno(error, system.errno.EEXIST)) return false;
    throw error;
  }
}

function isErrno(error: unknown, errno: number): boolean {
  return TslxcError.is(error) && error.errno === errno;
}
