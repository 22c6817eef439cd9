/**
 * The claims on ports of the host: a record for each interface that ports lead to, in a folder that all roots share. A
 * record's name begins with the inode of the network namespace that its rules are in. Records of other namespaces don't
 * matter here: they are in no conflict, and are removed, like their rules, by a process in that namespace. A record is
 * written before its rules, and removed after them. One whose domain has ended, or whose start has died, no longer
 * counts: see claim-ports.ts.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PortForward } from '../../../domain/interface/definition';
import { networkNamespace } from '../../../host/kernel/network-namespace';
import { fileError, hasErrno } from '../../../host/state/file-error';
import { readRecord, removeRecord, writeRecord } from '../../../host/state/record-file';
import { portClaimsPath } from '../../../host/state/state-paths';
import type { FilteredLink } from '../tables/filter-rules';
import { forwardTable } from './forward-rules';

export interface PortClaim extends FilteredLink {
  /** The root of the domain, without symbolic links. */
  readonly root: string;
  readonly name: string;
  readonly forwards: readonly PortForward[];
}

const [ENOENT, EACCES] = [2, 13];

/** The claims of this network namespace; none for a user who may not read them. */
export function readPortClaims(): PortClaim[] {
  const prefix = `${networkNamespace()}-`;
  return fileNames()
    .filter((file) => file.startsWith(prefix) && file.endsWith('.json'))
    .flatMap((file) => claimAt(join(portClaimsPath, file)) ?? []);
}

/** The claim of this interface. */
export function readPortClaim(link: FilteredLink): PortClaim | undefined {
  return claimAt(pathOf(link));
}

/** Replaces the claim that the interface has. */
export function writePortClaim(claim: PortClaim): void {
  writeRecord(pathOf(claim), claim);
}

/** Does nothing when there is none. */
export function removePortClaim(link: FilteredLink): void {
  removeRecord(pathOf(link));
}

/** Named like the table of its rules. */
function pathOf(link: FilteredLink): string {
  return join(portClaimsPath, `${networkNamespace()}-${forwardTable(link)}.json`);
}

function claimAt(path: string): PortClaim | undefined {
  const claim = (readRecord(path) ?? {}) as Partial<PortClaim>;
  const { root, name, host, mac, forwards } = claim;
  const isWhole =
    [root, name, host, mac].every((text) => typeof text === 'string') && Array.isArray(forwards);
  return isWhole ? (claim as PortClaim) : undefined;
}

function fileNames(): string[] {
  try {
    return readdirSync(portClaimsPath);
  } catch (error) {
    if (hasErrno(error, ENOENT) || hasErrno(error, EACCES)) return [];
    throw fileError(error, 'read who has which ports of the host');
  }
}
