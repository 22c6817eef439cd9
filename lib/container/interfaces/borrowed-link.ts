/**
 * An interface that the host has lent to a container, and how it comes home. A network namespace that dies destroys what
 * is virtual in it, and hands what is physical to the host's first namespace under whatever name it had inside; so it is
 * taken back before, by a descriptor of the namespace. What the kernel drops at each move stays dropped: addresses,
 * routes, membership in a bridge, and that it was up.
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
  /** As it was on the host: the container may have changed them. */
  readonly kind: string;
  readonly mac: string;
  readonly mtu: number;
  /** Of the kernel; it is kept inside, where nothing has been made before. */
  readonly index: number;
  readonly alternativeNames: readonly string[];
}

/** How long the kernel may take to hand over what was in a namespace that has died, in milliseconds. */
const patience = { whole: 2000, pause: 20 };

/**
 * Brings it home under its own name. Where that is taken by now it gets another, and `notice` hears of it, as of one
 * that is lost; nothing happens when it is home already.
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

/** The name under which it is home then, if it was there. */
async function takeFrom(network: number, borrowed: BorrowedLink): Promise<string[]> {
  const found = matching(await native().listLinks(network), borrowed);
  return found === undefined ? [] : [await moveHome(found, network, borrowed)];
}

/**
 * By its index, which root inside can't change. What has been out of the container's network in the meantime may have got
 * another: it is known by its address, and by its name at last, since both may have been changed, or exchanged.
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

/** As it was, so that it is known again at home by its address. Returns the name that it has there. */
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
 * An alternative name that the container has given would be one of the host's; where the host has it already, the kernel
 * does not let the interface come home.
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

/** Its own name first; others are at most 15 bytes long, as the kernel wants it. */
function* otherNames(name: string): Generator<string> {
  yield name;
  for (let number = 1; number < 100; number += 1) {
    const ending = `-${number}`;
    yield name.slice(0, 15 - ending.length) + ending;
  }
}

/**
 * What is physical comes by itself, some time after the namespace has died, under whatever name it had inside. What is
 * virtual never does, and others of its kind may have its address: all VLANs of a device have the same.
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

/** Gives it its own name, or another of ours: never one that the container has chosen. The name that it has then. */
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
